//! CloudFormation's [short forms](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html)
//! of functions in YAML: `!Ref`, `!GetAtt`, `!Sub`, …

use serde_json::{Value as Json, json};

/// The long form of a short one: the function's name and argument. `None` where the tag is no function.
///
/// Inside the macro only string documents have tags, as CloudFormation has expanded those of the template.
pub fn function_of_tag(tag: &str, argument: Json) -> Option<(String, Json)> {
    let name = tag.trim_start_matches('!');
    let function = match name {
        "Ref" | "Condition" => name.to_owned(),
        "And" | "Base64" | "Cidr" | "Equals" | "FindInMap" | "ForEach" | "GetAZs" | "GetAtt" | "If" | "ImportValue"
        | "Join" | "Length" | "Not" | "Or" | "Select" | "Split" | "Sub" | "ToJsonString" | "Transform" => format!("Fn::{name}"),
        _ => return None,
    };
    let argument = match (name, argument) {
        ("GetAtt", Json::String(text)) => match text.split_once('.') {
            Some((id, attribute)) => json!([id, attribute]),
            None => Json::String(text),
        },
        (_, argument) => argument,
    };
    Some((function, argument))
}
