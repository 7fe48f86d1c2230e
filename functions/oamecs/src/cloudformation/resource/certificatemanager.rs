//! [AWS Certificate Manager](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CertificateManager.html).

use serde::Serialize;

use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::CertificateManager::Certificate`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html):
/// a certificate that AWS issues and renews. `Ref` is its ARN. The stack waits until the domain is validated.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate {
    /// Up to 64 characters; `*.` at the start stands for one label. Changing it replaces the certificate.
    pub domain_name: Text,
    /// More names, up to nine until AWS allows the account more. Changing it replaces the certificate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subject_alternative_names: Vec<Text>,
    /// By mail when absent.
    pub validation_method: Option<ValidationMethod>,
    /// Where the records that validate it are written; somebody must write them when absent. One for each name. Changing
    /// it replaces the certificate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domain_validation_options: Vec<DomainValidationOption>,
}

impl Properties for Certificate {
    const TYPE: &'static str = "AWS::CertificateManager::Certificate";
}

/// How the author shows that a domain is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ValidationMethod {
    /// By a record, which also renews the certificate.
    Dns,
}

/// Where the record that validates a name is written.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DomainValidationOption {
    /// A name of the certificate.
    pub domain_name: Text,
    /// The public zone, in the account of the stack.
    pub hosted_zone_id: Text,
}
