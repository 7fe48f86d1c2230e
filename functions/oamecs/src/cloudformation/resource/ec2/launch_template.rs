//! `AWS::EC2::LaunchTemplate`: what container instances are made of.

use serde::Serialize;

use crate::cloudformation::resource::Tag;
use crate::cloudformation::template::Properties;
use crate::cloudformation::value::Text;

/// [`AWS::EC2::LaunchTemplate`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html):
/// what instances are made of. `Ref` is its id, its attribute `LatestVersionNumber` the version that a change makes.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplate {
    /// A change is a new version; the template stays.
    pub launch_template_data: LaunchTemplateData,
    /// Tags of the template itself, under the type `launch-template`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tag_specifications: Vec<TagSpecification>,
}

impl Properties for LaunchTemplate {
    const TYPE: &'static str = "AWS::EC2::LaunchTemplate";
}

/// What an instance has. What is absent is left to who launches it.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LaunchTemplateData {
    /// An id, or `resolve:ssm:` and the name of a parameter, which is looked up at each launch.
    pub image_id: Option<Text>,
    /// `m7i.large`. Excludes requirements.
    pub instance_type: Option<Text>,
    /// What a type must have. Excludes a type; only for groups with a mixed policy.
    pub instance_requirements: Option<InstanceRequirements>,
    /// The role of the instance.
    pub iam_instance_profile: Option<IamInstanceProfile>,
    /// Of the subnets' VPC; its default group when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group_ids: Vec<Text>,
    /// What the instance runs on its first start, in base 64; 16 KiB before.
    pub user_data: Option<Text>,
    /// How programs on the instance reach its role.
    pub metadata_options: Option<MetadataOptions>,
    /// Disks; those of the image when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_device_mappings: Vec<BlockDeviceMapping>,
    /// How often its metrics are measured.
    pub monitoring: Option<Monitoring>,
    /// Tags of what is launched: `instance`, `volume`, `network-interface`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tag_specifications: Vec<TagSpecification>,
}

/// What an instance type must have. AWS requires processors and memory.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceRequirements {
    /// vCPUs.
    #[serde(rename = "VCpuCount")]
    pub vcpu_count: Range,
    /// MiB.
    #[serde(rename = "MemoryMiB")]
    pub memory_mib: Range,
    /// GPUs and the like; 0 at most is none, any number when absent.
    pub accelerator_count: Option<Range>,
    /// Any when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accelerator_types: Vec<AcceleratorType>,
    /// Any when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accelerator_manufacturers: Vec<AcceleratorManufacturer>,
    /// Any when absent; the image must run on all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cpu_manufacturers: Vec<CpuManufacturer>,
    /// Any when absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instance_generations: Vec<InstanceGeneration>,
    /// The t types, which pay for bursts; left out when absent.
    pub burstable_performance: Option<Inclusion>,
    /// Whole machines; left out when absent.
    pub bare_metal: Option<Inclusion>,
    /// Up to 400 names with `*`; any when absent. Excludes exclusions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_instance_types: Vec<Text>,
    /// Up to 400 names with `*`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded_instance_types: Vec<Text>,
}

/// Bounds, both included. An absent one is none.
#[serde_with::skip_serializing_none]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Range {
    /// At least.
    pub min: Option<u32>,
    /// At most.
    pub max: Option<u32>,
}

/// The kinds of accelerators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AcceleratorType {
    /// Graphics processors.
    Gpu,
    /// Chips for inference.
    Inference,
    /// Programmable gates.
    Fpga,
}

/// Who makes an accelerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcceleratorManufacturer {
    /// AWS.
    AmazonWebServices,
    /// AMD.
    Amd,
    /// NVIDIA.
    Nvidia,
}

/// Who makes a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CpuManufacturer {
    /// AWS: Graviton.
    AmazonWebServices,
    /// AMD.
    Amd,
    /// Intel.
    Intel,
}

/// How new an instance type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum InstanceGeneration {
    /// What AWS recommends today.
    Current,
    /// What it no longer does.
    Previous,
}

/// Whether types with a property count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Inclusion {
    /// They do not.
    Excluded,
    /// They do.
    Included,
    /// They alone do.
    Required,
}

/// The instance profile of an instance.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct IamInstanceProfile {
    /// The profile's attribute `Arn`.
    pub arn: Text,
}

/// How programs on an instance reach its metadata, and so its role.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetadataOptions {
    /// Whether a token is needed; as the image and the account have it when absent.
    pub http_tokens: Option<HttpTokens>,
    /// How far answers go, 1 to 64: with 1 no container behind a bridge gets any.
    pub http_put_response_hop_limit: Option<u32>,
    /// On when absent.
    pub http_endpoint: Option<Availability>,
    /// Whether the instance's tags are there too; off when absent.
    pub instance_metadata_tags: Option<Availability>,
}

/// Whether requests for metadata need a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HttpTokens {
    /// With or without.
    Optional,
    /// With one: version 2 alone.
    Required,
}

/// What EC2 writes as `enabled` and `disabled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Availability {
    /// On.
    Enabled,
    /// Off.
    Disabled,
}

/// A disk of an instance.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlockDeviceMapping {
    /// As the image names it: `/dev/xvda`.
    pub device_name: Text,
    /// The volume.
    pub ebs: Ebs,
}

/// An EBS volume.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ebs {
    /// GiB, at least what the image needs.
    pub volume_size: Option<u32>,
    /// `gp2` when absent.
    pub volume_type: Option<VolumeType>,
    /// At rest; as the account has it when absent.
    pub encrypted: Option<bool>,
    /// Id, alias or ARN of a key; AWS's own key for EBS when absent.
    pub kms_key_id: Option<Text>,
    /// Whether it goes with its instance.
    pub delete_on_termination: Option<bool>,
    /// Operations a second, for [`VolumeType::Gp3`] 3,000 when absent.
    pub iops: Option<u32>,
    /// MiB a second, for [`VolumeType::Gp3`] 125 when absent.
    pub throughput: Option<u32>,
}

/// The kinds of volumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VolumeType {
    /// Solid state, as fast as is paid for.
    Gp3,
    /// Solid state, as fast as it is large.
    Gp2,
}

/// How often the metrics of an instance are measured.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Monitoring {
    /// Every minute, which is paid; every five otherwise.
    pub enabled: bool,
}

/// The tags of one type of what is launched.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagSpecification {
    /// `instance`, `volume`, `network-interface`, or `launch-template` of the template itself.
    pub resource_type: &'static str,
    /// Its tags.
    pub tags: Vec<Tag>,
}
