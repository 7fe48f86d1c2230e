//! Amazon ECS: task definitions, and tasks that do what a test has written for them.

mod services;
mod task_definitions;
mod tasks;

use std::time::SystemTime;

use serde_json::Value;

use super::{Logs, Refusal};

pub use services::{Course, Running, Services};
pub use task_definitions::TaskDefinitions;
pub use tasks::{Ending, Placement, Script, Tasks};

/// The clusters of an account, and what runs in them.
#[derive(Debug, Default)]
pub struct Ecs {
    /// Services.
    pub services: Services,
    /// Task definitions.
    pub task_definitions: TaskDefinitions,
    /// Tasks.
    pub tasks: Tasks,
}

impl Ecs {
    pub(super) fn call(
        &mut self,
        operation: &str,
        input: &Value,
        logs: &mut Logs,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        match operation {
            "DescribeTaskDefinition" | "RegisterTaskDefinition" => self.task_definitions.call(operation, input),
            "DescribeServices" | "UpdateService" | "ListServiceDeployments" | "StopServiceDeployment" => {
                self.services.call(operation, input, &self.task_definitions, now)
            }
            "ListTasks" if input.get("serviceName").is_some() => Ok(self.services.stopped_tasks(input)),
            "DescribeTasks" if self.services.knows_task(input) => Ok(self.services.described_tasks(input)),
            "RunTask" => self.tasks.run(input, &self.task_definitions, logs, now),
            "DescribeTasks" | "ListTasks" | "StopTask" => self.tasks.call(operation, input, now),
            _ => panic!("no stand-in for ecs {operation}"),
        }
    }
}
