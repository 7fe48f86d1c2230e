//! The full names of load balancers, by which metrics tell them apart: `app/<name>/<id>`, the end of their ARNs.

use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, Value};

/// What an ARN has before the full name.
const START: &str = "loadbalancer/";

/// The full name of the load balancer with this ARN.
pub(super) fn full_name(arn: &Text) -> Text {
    match arn {
        Value::Function(Function::Ref(id)) => Function::GetAtt(id.clone(), "LoadBalancerFullName").into(),
        Value::Function(_) => Function::Select(1, Box::new(Function::Split(START, Box::new(arn.clone())))).into(),
        Value::Literal(arn) => arn.split_once(START).map_or(arn.as_ref(), |(_, name)| name).to_owned().into(),
    }
}

/// The full name of the load balancer whose listener has this ARN: `…:listener/app/<name>/<id>/<listener's id>`.
pub(super) fn full_name_of_listener(arn: &Text) -> Text {
    let part = |index| Text::from(Function::Select(index, Box::new(Function::Split("/", Box::new(arn.clone())))));
    match arn {
        Value::Function(_) => Function::Join("/", vec![part(1), part(2), part(3)]).into(),
        Value::Literal(arn) => arn.split('/').skip(1).take(3).collect::<Vec<_>>().join("/").into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{full_name, full_name_of_listener};
    use crate::cloudformation::value::Text;
    use crate::cloudformation::{Function, LogicalId};

    #[test]
    fn names_are_the_ends_of_arns() {
        let written = |arn: Text| serde_json::to_value(full_name(&arn)).unwrap();
        let arn =
            "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188";
        assert_eq!(written(arn.into()), json!("app/shop/50dc6c495c0c9188"));
        let listener =
            "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:1:listener/app/shop/50dc6c495c0c9188/f2f7dc8e";
        assert_eq!(full_name_of_listener(&listener.into()), "app/shop/50dc6c495c0c9188".into());
        let made = Function::Ref(LogicalId::of_author("ShopLoadBalancer"));
        assert_eq!(written(made.into()), json!({ "Fn::GetAtt": ["ShopLoadBalancer", "LoadBalancerFullName"] }));
        let given = Function::ImportValue(Box::new("balancer".into()));
        assert_eq!(
            written(given.into()),
            json!({ "Fn::Select": [1, { "Fn::Split": ["loadbalancer/", { "Fn::ImportValue": "balancer" }] }] })
        );
    }
}
