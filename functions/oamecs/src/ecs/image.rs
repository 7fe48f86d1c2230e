//! Where an image comes from, for the permission to pull it.

use crate::cloudformation::{Function, value::Text};
use crate::expression::{Deferred, Expr, Piece};

/// The repository of an image, as far as pulling it takes a permission.
#[derive(Debug, PartialEq)]
pub(crate) enum Repository {
    /// A registry that hands out the image to anybody, or that needs credentials of its own.
    Public,
    /// A private repository of Amazon ECR, by ARN.
    Ecr(Text),
    /// Known when the stack is made: it may be any repository of Amazon ECR.
    AnyEcr,
}

/// The repository of `image`. ECR's have the form
/// [`<account>.dkr.ecr.<region>.amazonaws.com/<name>`](https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html).
pub(crate) fn repository(image: &Expr<String>) -> Repository {
    match image {
        Expr::Known(image) => of_address(image),
        Expr::Deferred(deferred) => of_deferred(deferred),
    }
}

fn of_deferred(deferred: &Deferred) -> Repository {
    if let Some(function) = deferred.alone() {
        return match function.get("Fn::Sub").and_then(serde_json::Value::as_str) {
            Some(text) if text.starts_with("${") && !HOSTS.iter().any(|(middle, _)| text.contains(middle)) => {
                Repository::AnyEcr
            }
            Some(text) => of_address(text),
            None => Repository::AnyEcr,
        };
    }
    match deferred.pieces().first() {
        // `nginx:` or `public.ecr.aws/nginx/nginx:` and a tag: the registry is plain to see.
        Some(Piece::Literal(start)) if start.contains([':', '/']) => of_address(start),
        _ => Repository::AnyEcr,
    }
}

/// What stands between the account and the Region, and what ends the host, in addresses of ECR.
const HOSTS: [(&str, &str); 3] =
    [(".dkr.ecr.", ".amazonaws.com"), (".dkr.ecr-fips.", ".amazonaws.com"), (".dkr-ecr.", ".on.aws")];

fn of_address(address: &str) -> Repository {
    let found = HOSTS.iter().find_map(|(middle, end)| Some((address.split_once(middle)?, *end)));
    let Some(((account, rest), end)) = found else {
        return Repository::Public;
    };
    let Some((region, rest)) = rest.split_once(end) else {
        return Repository::AnyEcr;
    };
    let Some((_, path)) = rest.split_once('/') else {
        return Repository::AnyEcr;
    };
    // A tag or a digest ends the name; a colon inside `${…}` does not.
    let mut braces = 0_i32;
    let end = path.find(|character| {
        match character {
            '{' => braces += 1,
            '}' => braces -= 1,
            ':' | '@' if braces == 0 => return true,
            _ => {}
        }
        false
    });
    let name = end.and_then(|end| path.get(..end)).unwrap_or(path);
    let arn = format!("arn:${{AWS::Partition}}:ecr:{region}:{account}:repository/{name}");
    Repository::Ecr(Function::Sub(arn).into())
}

#[cfg(test)]
mod tests {
    use super::{Repository, repository};
    use crate::cloudformation::Function;
    use crate::expression::{Deferred, Expr};
    use serde_json::json;

    #[test]
    fn only_private_repositories_take_a_permission() {
        let known = |image: &str| repository(&image.into());
        assert_eq!(known("nginx"), Repository::Public);
        assert_eq!(known("public.ecr.aws/nginx/nginx:1.27"), Repository::Public);
        let ecr = |arn: &str| Repository::Ecr(Function::Sub(arn.to_owned()).into());
        assert_eq!(
            known("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web:1.0"),
            ecr("arn:${AWS::Partition}:ecr:eu-west-1:123456789012:repository/team/web")
        );
        let function = |value| repository(&Expr::Deferred(Deferred::function(value)));
        assert_eq!(
            function(json!({"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/web:${Tag}"})),
            ecr("arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/web")
        );
        assert_eq!(function(json!({"Fn::Sub": "public.ecr.aws/nginx/nginx:${Tag}"})), Repository::Public);
        assert_eq!(function(json!({"Ref": "Image"})), Repository::AnyEcr);
    }
}
