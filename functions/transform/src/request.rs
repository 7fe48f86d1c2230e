//! What CloudFormation sends to a macro:
//! [Macro function interface](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-author.html).

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

/// The part of a request that an answer to it needs in any case.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Envelope<'a> {
    /// The id that an answer must repeat.
    #[serde(borrow, rename = "requestId")]
    pub(crate) request_id: Option<&'a RawValue>,
    /// The template without its `Transform` section, functions not worked out.
    #[serde(borrow)]
    pub(crate) fragment: Option<&'a RawValue>,
}

/// A request. `region`, `accountId` and `transformId` are sent too; nothing in an expansion depends on them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransformRequest {
    /// The id that an answer must repeat.
    pub(crate) request_id: Box<RawValue>,
    /// The template without its `Transform` section, functions not worked out.
    pub(crate) fragment: Map<String, Json>,
    /// The values of the template's parameters; lists are lists.
    #[serde(default)]
    pub(crate) template_parameter_values: Map<String, Json>,
    /// `Parameters` of a transform that is written as a map.
    #[serde(default)]
    pub(crate) params: Map<String, Json>,
}
