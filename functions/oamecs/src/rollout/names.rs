//! What tasks and services are called in a template: what `Workloads` and `Fn::GetAtt` name them by, and logical ids come from.
//!
//! A name is a function of what the author wrote alone: of the family without its revision, and of a function what it is of.

use serde_json::Value as Json;

use crate::cloudformation::function::{attribute, call, substitution};
use crate::cloudformation::hash;
use crate::cloudformation::substitution::{Piece, pieces};
use crate::expression::{self, Expr};

/// What a family, a service or an ARN of either is called.
pub(super) fn name(text: &Expr<String>) -> String {
    match text {
        Expr::Known(text) => last(text).to_owned(),
        Expr::Deferred(deferred) => {
            let pieces = deferred.pieces().iter().map(|piece| match piece {
                expression::Piece::Literal(text) => text.clone(),
                expression::Piece::Function(function) => of_function(function),
            });
            last(&pieces.collect::<String>()).to_owned()
        }
    }
}

/// `web` of `arn:aws-cn:ecs:eu-west-1:123456789012:service/shop/web`, `web` of `web:3`.
fn last(text: &str) -> &str {
    let name = text.trim().rsplit('/').next().unwrap_or_default();
    name.split(':').next().unwrap_or_default()
}

/// What a function is of: a resource or parameter, an export, or the text that it makes.
fn of_function(function: &Json) -> String {
    let hashed = || hash(&function.to_string());
    match call(function) {
        Some(("Ref", Json::String(id))) => id.trim_start_matches("AWS::").to_owned(),
        Some(("Fn::GetAtt", argument)) => match attribute(argument) {
            Some(path) => of_attribute(&path),
            None => hashed(),
        },
        Some(("Fn::Sub", argument)) => match substitution(argument) {
            Some((text, _)) => pieces(text)
                .map(|piece| match piece {
                    Piece::Text(text) | Piece::Escape(text) => text.to_owned(),
                    Piece::Name(name) => of_attribute(name.trim_start_matches("AWS::")),
                })
                .collect(),
            None => hashed(),
        },
        Some(("Fn::ImportValue", Json::String(name))) => name.clone(),
        Some(("Fn::ImportValue", argument)) => of_function(argument),
        _ => hashed(),
    }
}

/// `web` of `Shop.Services.web.Name`, `Api` of `Api.Name`.
fn of_attribute(path: &str) -> String {
    let (id, rest) = path.split_once('.').unwrap_or((path, ""));
    service_of(rest).map_or(id, |(service, _)| service).to_owned()
}

/// A service of a declaration and its attribute, of `Services.web.Name`.
pub(super) fn service_of(attribute: &str) -> Option<(&str, &str)> {
    attribute.strip_prefix("Services.")?.rsplit_once('.')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::name;
    use crate::expression::{Deferred, Expr};

    #[test]
    fn names_are_those_of_families_and_services() {
        for (text, expected) in [
            ("web", "web"),
            ("web:12", "web"),
            ("arn:aws-cn:ecs:eu-west-1:123456789012:task-definition/web:12", "web"),
            ("arn:aws-cn:ecs:eu-west-1:123456789012:task-definition/web", "web"),
            ("arn:aws-cn:ecs:eu-west-1:123456789012:service/shop/web", "web"),
        ] {
            assert_eq!(name(&text.into()), expected, "{text}");
        }
    }

    #[test]
    fn functions_are_named_by_what_they_are_of() {
        let of = |function| name(&Expr::Deferred(Deferred::function(function)));
        assert_eq!(of(json!({ "Ref": "Migrate" })), "Migrate");
        assert_eq!(of(json!({ "Fn::GetAtt": ["Api", "Name"] })), "Api");
        assert_eq!(of(json!({ "Fn::GetAtt": "Shop.Services.web.Name" })), "web");
        assert_eq!(of(json!({ "Fn::Sub": "${AWS::StackName}-web:${Revision}" })), "StackName-web");
        assert_eq!(of(json!({ "Fn::Sub": "${Shop.Services.web.Name}" })), "web");
        assert_eq!(of(json!({ "Fn::ImportValue": { "Fn::Sub": "${Prefix}-web" } })), "Prefix-web");
        assert_eq!(of(json!({ "Fn::Select": [0, { "Ref": "Names" }] })).len(), 6);
    }
}
