//! [`CloudWatch` Logs](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Logs.html).

use serde::Serialize;

use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::Logs::LogGroup`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html):
/// what log streams are in, and how long they are kept. `Ref` is its name.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogGroup {
    /// Days: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653;
    /// for ever when absent.
    pub retention_in_days: Option<u32>,
    /// Up to 512 letters, digits and `._-/#`; generated when absent. Changing it replaces the group.
    pub log_group_name: Option<Text>,
    /// The ARN of a key, whose policy must let the service use it; AWS's own key when absent.
    pub kms_key_id: Option<Text>,
}

impl Properties for LogGroup {
    const TYPE: &'static str = "AWS::Logs::LogGroup";
}
