//! What instances are made of.

use std::collections::BTreeMap;

use serde_json::json;

use super::machine_type::family;
use super::{Group, Shared};
use crate::cloudformation::resource::Tag;
use crate::cloudformation::resource::ec2::{
    Availability, BlockDeviceMapping, Ebs, HttpTokens, IamInstanceProfile, LaunchTemplate, LaunchTemplateData,
    MetadataOptions, TagSpecification, VolumeType,
};
use crate::cloudformation::value::Text;
use crate::cloudformation::{Function, LogicalId};
use crate::expression::{Deferred, Expr, Piece, concatenate};
use crate::program::Tags;
use crate::program::platform::Instances;
use crate::program::platform::Processor;

/// GiB of an instance's disk where nothing else is said: as much as the images of AWS have, and room for large images of
/// programs where there are GPUs.
const DISK: u32 = 30;
const DISK_WITH_GPUS: u32 = 100;

/// The log drivers of Docker that ECS has; the images of AWS are set up for the first five.
const LOG_DRIVERS: [&str; 8] = ["json-file", "syslog", "awslogs", "fluentd", "none", "gelf", "journald", "splunk"];

/// The launch template of a group.
pub(super) fn template(group: &Group, shared: &Shared, cluster: &LogicalId, tags: &Tags) -> LaunchTemplate {
    let Group { origin: _, workload: _, processor, has_gpus, lends_interfaces: _, logs_anywhere, instances } = group;
    let Instances {
        name: _,
        types,
        // They are the Auto Scaling group's, or the capacity provider's.
        minimum: _,
        maximum: _,
        spot,
        image,
        volume_size,
        target: _,
        protected: _,
        attributes,
        start_script,
    } = instances;
    let disk = volume_size.unwrap_or(if *has_gpus { DISK_WITH_GPUS } else { DISK });
    let tags: Vec<Tag> = tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.into() }).collect();
    LaunchTemplate {
        launch_template_data: LaunchTemplateData {
            image_id: Some(image_id(image.as_ref(), types, *processor, *has_gpus)),
            iam_instance_profile: Some(IamInstanceProfile {
                arn: Function::GetAtt(shared.profile.clone(), "Arn").into(),
            }),
            security_group_ids: vec![Function::GetAtt(shared.security_group.clone(), "GroupId").into()],
            user_data: Some(user_data(
                cluster,
                &agent_settings(*spot, *logs_anywhere, attributes),
                start_script.as_ref(),
            )),
            metadata_options: Some(MetadataOptions {
                http_tokens: Some(HttpTokens::Required),
                http_put_response_hop_limit: Some(1),
                http_endpoint: Some(Availability::Enabled),
                instance_metadata_tags: None,
            }),
            block_device_mappings: vec![BlockDeviceMapping {
                device_name: "/dev/xvda".into(),
                ebs: Ebs {
                    volume_size: Some(disk),
                    volume_type: Some(VolumeType::Gp3),
                    encrypted: Some(true),
                    delete_on_termination: Some(true),
                    ..Ebs::default()
                },
            }],
            tag_specifications: if tags.is_empty() {
                Vec::new()
            } else {
                vec![TagSpecification { resource_type: "volume", tags }]
            },
            ..LaunchTemplateData::default()
        },
        tag_specifications: Vec::new(),
    }
}

/// The image: the author's, or what AWS makes for ECS, in the version of the day when the stack is made or updated
/// ([parameters](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html)).
fn image_id(image: Option<&Expr<String>>, types: &[Expr<String>], processor: Processor, has_gpus: bool) -> Text {
    let parameter = |name: &str| Text::from(format!("{{{{resolve:ssm:{name}}}}}"));
    let is_neuron = types.iter().filter_map(Expr::known).any(|kind| family(kind).has_neuron());
    let kind = match (image, processor) {
        (Some(Expr::Known(name)), _) if name.starts_with('/') => return parameter(name),
        (Some(image), _) => return image.into(),
        (None, _) if is_neuron => "amazon-linux-2023/neuron",
        (None, _) if has_gpus => "amazon-linux-2023/gpu",
        (None, Processor::Amd64) => "amazon-linux-2023",
        (None, Processor::Arm64) => "amazon-linux-2023/arm64",
    };
    parameter(&format!("/aws/service/ecs/optimized-ami/{kind}/recommended/image_id"))
}

/// What an instance does when it starts: it tells the agent its settings, before the agent starts, and then what the author
/// says.
fn user_data(cluster: &LogicalId, settings: &str, script: Option<&Expr<String>>) -> Text {
    let literal = |text: &str| Piece::Literal(text.to_owned());
    let mut pieces = vec![
        literal("#!/bin/bash\ncat <<'SETTINGS' >> /etc/ecs/ecs.config\nECS_CLUSTER="),
        Piece::Function(json!({ "Ref": cluster })),
        literal("\n"),
        literal(settings),
        literal("SETTINGS\n"),
    ];
    match script {
        Some(Expr::Known(script)) => pieces.push(literal(script)),
        Some(Expr::Deferred(script)) => pieces.extend(Deferred::pieces(script).iter().cloned()),
        None => {}
    }
    Function::Base64(Box::new((&concatenate(pieces)).into())).into()
}

/// The [settings of the agent](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html).
fn agent_settings(spot: bool, logs_anywhere: bool, attributes: &BTreeMap<String, String>) -> String {
    // Containers have their task's role, never the instance's.
    let mut settings = "ECS_AWSVPC_BLOCK_IMDS=true\n".to_owned();
    if spot {
        settings.push_str("ECS_ENABLE_SPOT_INSTANCE_DRAINING=true\n");
    }
    if logs_anywhere {
        settings.push_str(&format!("ECS_AVAILABLE_LOGGING_DRIVERS={}\n", json!(LOG_DRIVERS)));
    }
    if !attributes.is_empty() {
        settings.push_str(&format!("ECS_INSTANCE_ATTRIBUTES={}\n", json!(attributes)));
    }
    settings
}
