//! File systems and access points that exist, by an id or an ARN that may be a function.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::Named;
use crate::cloudformation::Function;
use crate::cloudformation::function::{attribute, call, substitution};
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Origin};
use crate::document::list;
use crate::expression::{Expr, Piece, concatenate};

/// What is given by its id or ARN. A function gives the id, unless it can be seen that it gives an ARN. `kind` is what stands
/// before the id in an ARN: `file-system`.
pub(super) fn named(given: &Expr<String>, kind: &str) -> Named {
    if is_arn(given) {
        let arn = Text::from(given);
        let id = match given {
            Expr::Known(text) => text.rsplit('/').next().unwrap_or_default().to_owned().into(),
            Expr::Deferred(_) => Function::Select(1, Box::new(Function::Split("/", Box::new(arn.clone())))).into(),
        };
        return Named { id, arn };
    }
    let pseudo = |name: &str| Piece::Function(json!({ "Ref": name }));
    let literal = |text: &str| Piece::Literal(text.to_owned());
    let mut pieces = vec![
        literal("arn:"),
        pseudo("AWS::Partition"),
        literal(":elasticfilesystem:"),
        pseudo("AWS::Region"),
        literal(":"),
        pseudo("AWS::AccountId"),
        Piece::Literal(format!(":{kind}/")),
    ];
    match given {
        Expr::Known(id) => pieces.push(literal(id)),
        Expr::Deferred(deferred) => pieces.extend(deferred.pieces().iter().cloned()),
    }
    Named { id: Text::from(given), arn: Text::from(&concatenate(pieces)) }
}

fn is_arn(given: &Expr<String>) -> bool {
    match given {
        Expr::Known(text) => text.starts_with("arn:"),
        Expr::Deferred(deferred) => match deferred.pieces() {
            [Piece::Literal(first), ..] => first.starts_with("arn:"),
            [Piece::Function(function)] => gives_arn(function),
            _ => false,
        },
    }
}

fn gives_arn(function: &Json) -> bool {
    match call(function) {
        Some(("Fn::GetAtt", argument)) => attribute(argument).is_some_and(|attribute| attribute.ends_with("Arn")),
        Some(("Fn::Sub", argument)) => substitution(argument).is_some_and(|(text, _)| {
            let alone = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
            text.starts_with("arn:") || alone.is_some_and(|name| name.ends_with("Arn") && !name.contains("${"))
        }),
        _ => false,
    }
}

/// Says what the owner of a file system must allow, as nothing of theirs is touched.
pub(super) fn advise(
    owner: &str,
    volume: &str,
    origin: Origin,
    callers: &BTreeSet<&str>,
    diagnostics: &mut Diagnostics,
) {
    let groups: Vec<String> =
        callers.iter().map(|network| format!("{owner}.Networks.{network}.SecurityGroupId")).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    diagnostics.advice(
        origin,
        format!(
            "the file system of `{volume}` must have a mount target in each zone of the tasks, and the group of these must admit TCP on port 2049 from {}; name that group with the volume to have the rule made",
            list(&groups)
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Deferred;

    fn written(given: &Expr<String>) -> (Json, Json) {
        let Named { id, arn } = named(given, "file-system");
        (serde_json::to_value(id).unwrap(), serde_json::to_value(arn).unwrap())
    }

    #[test]
    fn ids_and_arns_follow_from_each_other() {
        let arn = |id: &str| json!({ "Fn::Sub": format!("arn:${{AWS::Partition}}:elasticfilesystem:${{AWS::Region}}:${{AWS::AccountId}}:file-system/{id}") });
        assert_eq!(written(&"fs-1".into()), (json!("fs-1"), arn("fs-1")));
        let full = "arn:aws-cn:elasticfilesystem:cn-north-1:1:file-system/fs-1";
        assert_eq!(written(&full.into()), (json!("fs-1"), json!(full)));
        let reference = Expr::Deferred(Deferred::function(json!({ "Ref": "Fs" })));
        assert_eq!(written(&reference), (json!({ "Ref": "Fs" }), arn("${Fs}")));
        for function in [
            json!({ "Fn::GetAtt": ["Fs", "Arn"] }),
            json!({ "Fn::Sub": "${Fs.Arn}" }),
            json!({ "Fn::Sub": "arn:aws-cn:elasticfilesystem:${AWS::Region}:1:file-system/${Fs}" }),
        ] {
            let given = Expr::Deferred(Deferred::function(function.clone()));
            let id = json!({ "Fn::Select": [1, { "Fn::Split": ["/", function] }] });
            assert_eq!(written(&given), (id, function));
        }
    }
}
