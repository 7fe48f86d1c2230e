//! [Amazon EFS](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EFS.html): what volumes are
//! kept on.

use serde::Serialize;

use super::Switch;
use super::iam::PolicyDocument;
use crate::cloudformation::Value;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::EFS::FileSystem`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-filesystem.html):
/// files that tasks in all zones share, of no fixed size. `Ref` is its id. A replacement is empty.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FileSystem {
    /// At rest. Changing it replaces the file system.
    pub encrypted: bool,
    /// Id, alias or ARN of a key; AWS's own key for EFS when absent. Changing it replaces the file system.
    pub kms_key_id: Option<Text>,
    /// `generalPurpose` when absent. Changing it replaces the file system.
    pub performance_mode: Option<PerformanceMode>,
    /// `bursting` when absent.
    pub throughput_mode: Option<ThroughputMode>,
    /// MiB a second, 1 or more; with [`ThroughputMode::Provisioned`] it is required.
    pub provisioned_throughput_in_mibps: Option<Value<f64>>,
    /// Daily backups by AWS Backup; off when absent.
    pub backup_policy: Option<BackupPolicy>,
    /// Up to three, one of each kind; files stay where they are when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lifecycle_policies: Vec<LifecyclePolicy>,
    /// Who may mount; anybody who reaches a mount target when absent.
    pub file_system_policy: Option<PolicyDocument>,
}

impl Properties for FileSystem {
    const TYPE: &'static str = "AWS::EFS::FileSystem";
}

/// What a file system is tuned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PerformanceMode {
    /// The shortest delays.
    #[serde(rename = "generalPurpose")]
    GeneralPurpose,
    /// More operations a second, each with more delay; not with [`ThroughputMode::Elastic`].
    #[serde(rename = "maxIO")]
    MaxIo,
}

/// What a file system's throughput depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ThroughputMode {
    /// How much is stored.
    Bursting,
    /// How much is used and paid.
    Elastic,
    /// What is fixed and paid, by [`FileSystem::provisioned_throughput_in_mibps`].
    Provisioned,
}

/// Whether AWS Backup keeps copies.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupPolicy {
    /// Off leaves the copies that there are.
    pub status: Value<Switch>,
}

/// When files move to another storage class. AWS wants each move in an object of its own; the value is `AFTER_<n>_DAYS`
/// with 1, 7, 14, 30, 60, 90, 180, 270 or 365 days (`AFTER_1_DAY` for one).
#[derive(Clone, Debug, Serialize)]
pub enum LifecyclePolicy {
    /// To Infrequent Access, so long after the last access.
    #[serde(rename = "TransitionToIA")]
    InfrequentAccess(Text),
    /// To Archive, so long after the last access, which must be later than to Infrequent Access.
    #[serde(rename = "TransitionToArchive")]
    Archive(Text),
    /// Back, on access: `AFTER_1_ACCESS`.
    #[serde(rename = "TransitionToPrimaryStorageClass")]
    PrimaryStorageClass(Text),
}

/// [`AWS::EFS::MountTarget`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-mounttarget.html):
/// a file system's address in a zone, one to a zone. Services that mount it depend on it, which no reference says.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MountTarget {
    /// Changing it replaces the mount target.
    pub file_system_id: Text,
    /// Changing it replaces the mount target.
    pub subnet_id: Text,
    /// Of the subnet's VPC; they must let in TCP on port 2049. AWS requires the property.
    pub security_groups: Vec<Text>,
}

impl Properties for MountTarget {
    const TYPE: &'static str = "AWS::EFS::MountTarget";
}

/// [`AWS::EFS::AccessPoint`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-accesspoint.html):
/// a directory of a file system, as if it were all of it. `Ref` is its id. Changing any property replaces it, which leaves
/// the files where they are.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessPoint {
    /// The id, not the ARN.
    pub file_system_id: Text,
    /// Who every access counts as; the program's own user when absent.
    pub posix_user: Option<PosixUser>,
    /// The file system's root when absent.
    pub root_directory: Option<RootDirectory>,
}

impl Properties for AccessPoint {
    const TYPE: &'static str = "AWS::EFS::AccessPoint";
}

/// A user and a group.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PosixUser {
    /// A number as text, 0 to 4,294,967,295.
    pub uid: Text,
    /// A number as text, 0 to 4,294,967,295.
    pub gid: Text,
    /// More groups, up to 16, each a number as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secondary_gids: Vec<Text>,
}

/// The directory that an access point shows.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RootDirectory {
    /// From the root, up to 100 characters and four levels; `/` when absent.
    pub path: Option<Text>,
    /// How the directory is made on the first mount; a directory that is not there cannot be mounted without it.
    pub creation_info: Option<CreationInfo>,
}

/// The owner and the mode of a directory that EFS makes. AWS requires all three fields.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreationInfo {
    /// A number as text, 0 to 4,294,967,295.
    pub owner_uid: Text,
    /// A number as text, 0 to 4,294,967,295.
    pub owner_gid: Text,
    /// Three or four octal digits: `0755`.
    pub permissions: Text,
}
