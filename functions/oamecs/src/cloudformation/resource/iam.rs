//! [IAM](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html): roles, and the policy
//! documents that other services take too.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::cloudformation::Value;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::IAM::Role`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html):
/// what somebody may do who takes it on. `Ref` is its name, its attribute `Arn` the ARN.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    /// Who may take it on.
    pub assume_role_policy_document: PolicyDocument,
    /// Begins and ends with `/`; `/` when absent. Changing it replaces the role.
    pub path: Option<Text>,
    /// Policies that exist, by ARN: ten, until AWS allows the account more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub managed_policy_arns: Vec<Text>,
    /// Policies of its own, 10,240 characters altogether without white space.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<Policy>,
    /// The ARN of a policy beyond which no other policy reaches.
    pub permissions_boundary: Option<Text>,
    /// Up to 1,000 characters of Latin-1.
    pub description: Option<Text>,
}

impl Properties for Role {
    const TYPE: &'static str = "AWS::IAM::Role";
}

/// [`AWS::IAM::InstanceProfile`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-instanceprofile.html):
/// a role in the form that instances take on. `Ref` is its name, its attribute `Arn` the ARN.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfile {
    /// The name of the role: exactly one.
    pub roles: Vec<Text>,
    /// Begins and ends with `/`; `/` when absent. Changing it replaces the profile.
    pub path: Option<Text>,
}

impl Properties for InstanceProfile {
    const TYPE: &'static str = "AWS::IAM::InstanceProfile";
}

/// A policy that is part of its role.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    /// Unique in its role.
    pub policy_name: String,
    /// Ours, or the author's own as [`Function::Author`](crate::cloudformation::Function::Author) passes it on.
    pub policy_document: Value<PolicyDocument>,
}

/// A [policy document](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    version: &'static str,
    /// What is not allowed is denied; what is denied is not allowed by another statement.
    pub statement: Vec<Statement>,
}

impl PolicyDocument {
    /// A document in the language of 2012-10-17, its latest; an older one has no policy variables.
    pub fn new(statement: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statement }
    }
}

/// A statement of a policy document.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// Letters and digits, unique in its document.
    pub sid: Option<String>,
    /// `Allow` by default.
    pub effect: Effect,
    /// Who: in trust and resource policies only, where it is required.
    pub principal: Option<Principal>,
    /// `service:Action`.
    pub action: Vec<Cow<'static, str>>,
    /// ARNs. Trust policies have none, others require it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<Text>,
    /// All must hold.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: Conditions,
}

/// What a statement does with what it describes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Effect {
    /// Allows it.
    #[default]
    Allow,
    /// Denies it, whatever others say.
    Deny,
}

/// Whom a statement is about.
#[derive(Clone, Debug, Serialize)]
pub enum Principal {
    /// A service of AWS: `ecs-tasks.amazonaws.com`, in every partition.
    Service(&'static str),
    /// ARNs of roles, ids of accounts, or `*`.
    #[serde(rename = "AWS")]
    Aws(Vec<Text>),
}

/// When a statement counts: by operator (`StringEquals`), then by key (`aws:SourceAccount`).
pub type Conditions = BTreeMap<&'static str, BTreeMap<&'static str, ConditionValue>>;

/// What a condition's key is compared with.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum ConditionValue {
    /// One value; booleans and numbers are text too.
    One(Text),
    /// Several values, of which one must match.
    Many(Vec<Text>),
}
