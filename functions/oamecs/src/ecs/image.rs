//! Where an image comes from, for the permission to pull it.

use serde_json::Value as Json;

use crate::cloudformation::{Function, value::Text};
use crate::expression::Expr;

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
    let deferred = match image {
        Expr::Known(image) => return of_address(image, &[]),
        Expr::Deferred(deferred) => deferred,
    };
    match Function::from(deferred) {
        Function::Sub(text) => of_substitution(&text, &[]),
        Function::SubWith(text, variables) => of_substitution(&text, &variables),
        Function::Author(function) => match function.get("Fn::Sub") {
            Some(Json::String(text)) => of_substitution(text, &[]),
            Some(Json::Array(parts)) => match parts.as_slice() {
                [Json::String(text), Json::Object(variables)] => {
                    let variables: Vec<_> = variables.clone().into_iter().collect();
                    of_substitution(text, &variables)
                }
                _ => Repository::AnyEcr,
            },
            _ => Repository::AnyEcr,
        },
        _ => Repository::AnyEcr,
    }
}

/// What stands between the account and the Region, and what ends the host, in addresses of ECR.
const HOSTS: [(&str, &str); 3] =
    [(".dkr.ecr.", ".amazonaws.com"), (".dkr.ecr-fips.", ".amazonaws.com"), (".dkr-ecr.", ".on.aws")];

/// Text for `Fn::Sub`. Where it starts with a function and names no registry, the function may.
fn of_substitution(text: &str, variables: &[(String, Json)]) -> Repository {
    let start = text.split("${").next().unwrap_or_default();
    if !start.contains([':', '/']) && !HOSTS.iter().any(|(middle, _)| text.contains(middle)) {
        return Repository::AnyEcr;
    }
    of_address(text, variables)
}

fn of_address(address: &str, variables: &[(String, Json)]) -> Repository {
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
    let used = variables.iter().filter(|(name, _)| arn.contains(&format!("${{{name}}}")));
    let used: Vec<_> = used.cloned().collect();
    Repository::Ecr(if used.is_empty() { Function::Sub(arn.into()) } else { Function::SubWith(arn, used) }.into())
}

#[cfg(test)]
mod tests {
    use super::{Repository, repository};
    use crate::cloudformation::Function;
    use crate::expression::{Deferred, Expr, Piece, concatenate};
    use serde_json::json;

    #[test]
    fn only_private_repositories_take_a_permission() {
        let known = |image: &str| repository(&image.into());
        assert_eq!(known("nginx"), Repository::Public);
        assert_eq!(known("public.ecr.aws/nginx/nginx:1.27"), Repository::Public);
        let ecr = |arn: &str| Repository::Ecr(Function::Sub(arn.to_owned().into()).into());
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
        let pieces = |pieces: Vec<Piece>| repository(&concatenate(pieces));
        let reference = |name: &str| Piece::Function(json!({ "Ref": name }));
        let literal = |text: &str| Piece::Literal(text.to_owned());
        assert_eq!(
            pieces(vec![
                literal("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/"),
                reference("Name"),
                literal(":1")
            ]),
            ecr("arn:${AWS::Partition}:ecr:eu-west-1:123456789012:repository/team/${Name}")
        );
        assert_eq!(
            pieces(vec![reference("Account"), literal(".dkr.ecr.eu-west-1.amazonaws.com/team/x:1")]),
            ecr("arn:${AWS::Partition}:ecr:eu-west-1:${Account}:repository/team/x")
        );
        assert_eq!(
            function(json!({"Fn::Sub": ["${A}.dkr.ecr.eu-west-1.amazonaws.com/x:${T}", {"A": "1", "T": "2"}]})),
            Repository::Ecr(
                Function::SubWith(
                    "arn:${AWS::Partition}:ecr:eu-west-1:${A}:repository/x".to_owned(),
                    vec![("A".to_owned(), json!("1"))]
                )
                .into()
            )
        );
        assert_eq!(pieces(vec![literal("nginx:"), reference("Tag")]), Repository::Public);
        assert_eq!(pieces(vec![reference("Registry"), literal("/web:1")]), Repository::AnyEcr);
    }
}
