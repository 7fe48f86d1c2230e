//! The sizes and bounds of Fargate:
//! [task size](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size),
//! [task definition differences](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html).

/// A size: CPU units (1,024 are one processor) and MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) cpu: u32,
    pub(crate) memory: u32,
}

/// The memory that goes with a number of CPU units.
struct Tier {
    cpu: u32,
    memory: &'static [Range],
}

/// `from`, `from + step` … `to`, in MiB.
struct Range {
    from: u32,
    to: u32,
    step: u32,
}

const fn range(from: u32, to: u32, step: u32) -> Range {
    Range { from, to, step }
}

const GIB: u32 = 1024;

const TIERS: [Tier; 8] = [
    Tier { cpu: 256, memory: &[range(512, 512, 512), range(GIB, 2 * GIB, GIB)] },
    Tier { cpu: 512, memory: &[range(GIB, 4 * GIB, GIB)] },
    Tier { cpu: 1024, memory: &[range(2 * GIB, 8 * GIB, GIB)] },
    Tier { cpu: 2048, memory: &[range(4 * GIB, 16 * GIB, GIB)] },
    Tier { cpu: 4096, memory: &[range(8 * GIB, 30 * GIB, GIB)] },
    Tier { cpu: 8192, memory: &[range(16 * GIB, 60 * GIB, 4 * GIB)] },
    Tier { cpu: 16384, memory: &[range(32 * GIB, 120 * GIB, 8 * GIB)] },
    Tier { cpu: 32768, memory: &[range(60 * GIB, 120 * GIB, 60 * GIB), range(244 * GIB, 244 * GIB, GIB)] },
];

/// The most seconds that Fargate waits between the request to stop and the end by force.
pub(crate) const STOP_TIMEOUT_LIMIT: u32 = 120;

/// The most files that a process on Fargate may open.
pub(crate) const NOFILE_LIMIT: u32 = 1_048_576;

/// The least seconds that it waits.
pub(crate) const STOP_TIMEOUT_LEAST: u32 = 2;

/// The capabilities that can be added on Fargate.
pub(crate) const CAPABILITIES: [&str; 1] = ["SYS_PTRACE"];

/// The kernel limits that can be set on Fargate.
pub(crate) const ULIMITS: [&str; 1] = ["nofile"];

impl Tier {
    fn sizes(&self) -> impl Iterator<Item = Size> {
        self.memory.iter().flat_map(|range| {
            (range.from..=range.to).step_by(range.step as usize).map(|memory| Size { cpu: self.cpu, memory })
        })
    }
}

/// The smallest size with at least so many CPU units and MiB.
pub(crate) fn smallest(cpu: u64, memory: u64) -> Option<Size> {
    TIERS
        .iter()
        .filter(|tier| u64::from(tier.cpu) >= cpu)
        .flat_map(Tier::sizes)
        .find(|size| u64::from(size.memory) >= memory)
}

/// Whether Fargate has exactly this size.
pub(crate) fn exists(size: Size) -> bool {
    TIERS.iter().flat_map(Tier::sizes).any(|other| other == size)
}

/// The largest size.
pub(crate) fn largest() -> Option<Size> {
    TIERS.iter().flat_map(Tier::sizes).last()
}

#[cfg(test)]
mod tests {
    use super::{Size, smallest};

    #[test]
    fn the_smallest_size_that_fits() {
        let cases = [
            (0, 0, Some((256, 512))),
            (512, 2048, Some((512, 2048))),
            (0, 4096, Some((512, 4096))),
            (1024, 0, Some((1024, 2048))),
            (4096, 8192, Some((4096, 8192))),
            (523, 0, Some((1024, 2048))),
            (257, 512, Some((512, 1024))),
            (0, 1025, Some((256, 2048))),
            (0, 31_000, Some((8192, 32_768))),
            (8192, 16_385, Some((8192, 20_480))),
            (32_768, 122_881, Some((32_768, 249_856))),
            (0, 249_857, None),
            (32_769, 0, None),
        ];
        for (cpu, memory, size) in cases {
            assert_eq!(smallest(cpu, memory), size.map(|(cpu, memory)| Size { cpu, memory }), "{cpu} {memory}");
        }
    }
}
