//! ARNs that the author gives.
//!
//! In: text that must be the ARN of something. Out: an error, where it is known to be another.

use crate::diagnostic::{Diagnostics, Located};
use crate::expression::Expr;

/// What an ARN is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arn {
    /// A certificate, of Certificate Manager or IAM.
    Certificate,
    /// A listener of an Application Load Balancer.
    Listener,
    /// A load balancer.
    LoadBalancer,
    /// A policy of IAM.
    Policy,
    /// A role of IAM.
    Role,
}

impl Arn {
    /// Checks that text is such an ARN, as far as it is known, and says whether it may be.
    pub(crate) fn check(self, text: &Located<Expr<String>>, diagnostics: &mut Diagnostics) -> bool {
        let (what, part) = match self {
            Self::Certificate => ("a certificate", "certificate/"),
            Self::Listener => ("a listener of an Application Load Balancer", ":listener/app/"),
            Self::LoadBalancer => ("a load balancer", ":loadbalancer/"),
            Self::Policy => ("a policy", ":policy/"),
            Self::Role => ("a role", ":role/"),
        };
        // A dynamic reference is text until the stack is made.
        let is_such = |text: &str| text.starts_with("arn:") && text.contains(part) || text.contains("{{resolve:");
        let Some(given) = text.value.known().filter(|text| !is_such(text)) else { return true };
        diagnostics
            .error(text.origin, format!("`{given}` is not the ARN of {what}"))
            .fix(format!("write its ARN, for example `!Sub \"arn:${{AWS::Partition}}:{}\"`", self.example(given)));
        false
    }

    /// One, without its partition, for what was `given` instead.
    fn example(self, given: &str) -> String {
        let own = "${AWS::Region}:${AWS::AccountId}";
        match self {
            Self::Certificate => format!("acm:{own}:certificate/<id>"),
            Self::Listener => format!("elasticloadbalancing:{own}:listener/app/<name>/<id>/<id>"),
            Self::LoadBalancer => format!("elasticloadbalancing:{own}:loadbalancer/app/<name>/<id>"),
            // A name alone is most likely that of a policy of AWS.
            Self::Policy if !given.contains(':') => format!("iam::aws:policy/{given}"),
            Self::Policy => "iam::${AWS::AccountId}:policy/name".to_owned(),
            Self::Role => "iam::${AWS::AccountId}:role/name".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Origin;

    #[test]
    fn an_arn_is_of_what_is_asked_for_or_not_known_yet() {
        for (of, text, is_such) in [
            (Arn::Role, "arn:aws-cn:iam::111122223333:role/service/tasks", true),
            (Arn::Role, "tasks", false),
            (Arn::Role, "arn:aws-cn:iam::111122223333:policy/tasks", false),
            (Arn::Role, "{{resolve:ssm:/roles/tasks}}", true),
            (Arn::Policy, "arn:aws-cn:iam::aws:policy/ReadOnlyAccess", true),
            (Arn::Certificate, "arn:aws-cn:acm:cn-north-1:111122223333:certificate/1-2", true),
            (Arn::Certificate, "arn:aws-cn:iam::111122223333:server-certificate/shop", true),
            (Arn::Certificate, "shop.example.com", false),
            (Arn::Listener, "arn:aws-cn:elasticloadbalancing:cn-north-1:111122223333:listener/app/a/1/2", true),
            (Arn::Listener, "arn:aws-cn:elasticloadbalancing:cn-north-1:111122223333:listener/net/a/1/2", false),
            (Arn::LoadBalancer, "arn:aws-cn:elasticloadbalancing:cn-north-1:111122223333:loadbalancer/net/a/1", true),
        ] {
            let mut diagnostics = Diagnostics::default();
            let given = Located::new(Origin::TEMPLATE, Expr::Known(text.to_owned()));
            assert_eq!(of.check(&given, &mut diagnostics), is_such, "{text}");
            assert_eq!(diagnostics.errors() == 0, is_such, "{text}");
        }
    }
}
