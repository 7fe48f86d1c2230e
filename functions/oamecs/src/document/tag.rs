//! CloudFormation's [short forms](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html)
//! of functions in YAML: `!Ref`, `!GetAtt`, `!Sub`, …; and the tags of Compose that say
//! [how a value is merged](https://github.com/compose-spec/compose-spec/blob/main/13-merge.md#reset-value).

use serde_json::{Value as Json, json};

use super::Tag;

/// The long form of a short one: the function's name and argument. `None` where the tag is no function.
///
/// Inside the macro only string documents have tags, as CloudFormation has expanded those of the template.
pub fn function_of_tag(tag: &str, argument: Json) -> Option<(String, Json)> {
    let name = tag.trim_start_matches('!');
    let function = match name {
        "Ref" | "Condition" => name.to_owned(),
        "And" | "Base64" | "Cidr" | "Equals" | "FindInMap" | "ForEach" | "GetAZs" | "GetAtt" | "If" | "ImportValue"
        | "Join" | "Length" | "Not" | "Or" | "Select" | "Split" | "Sub" | "ToJsonString" | "Transform" => {
            format!("Fn::{name}")
        }
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

/// The tag of a value that says how it is merged. `None` where it is another.
pub(super) fn merge_tag(tag: &str) -> Option<Tag> {
    match tag.trim_start_matches('!') {
        "reset" => Some(Tag::Reset),
        "override" => Some(Tag::Override),
        _ => None,
    }
}
