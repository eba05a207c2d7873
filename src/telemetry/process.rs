//! What the operating system says of this process, at each scrape, under the names that other services give it too.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::param::{clock_ticks_per_second, page_size};

/// This process.
#[derive(Debug)]
pub(super) struct Process {
    /// When the machine was started, in seconds since 1970: processes are dated from there.
    booted: Option<u64>,
}

impl Process {
    pub(super) fn new() -> Process {
        Process { booted: fs::read_to_string("/proc/stat").ok().and_then(|text| after(&text, "btime ")) }
    }
}

impl Collector for Process {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let read = |file: &str| fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
        if let Some(usage) = Usage::parse(&read("stat")) {
            let seconds = |ticks: u64| ticks as f64 / clock_ticks_per_second() as f64;
            let used = ConstCounter::new(seconds(usage.ticks));
            write(&mut to, "process_cpu_seconds", "Time that processors worked for the process.", &used)?;
            let resident = ConstGauge::new(usage.pages * page_size() as u64);
            write(&mut to, "process_resident_memory_bytes", "Memory in use.", &resident)?;
            if let Some(booted) = self.booted {
                let started = ConstGauge::new(booted as f64 + seconds(usage.started));
                write(&mut to, "process_start_time_seconds", "When it was started, in seconds since 1970.", &started)?;
            }
        }
        if let Ok(open) = fs::read_dir("/proc/self/fd") {
            // One of them reads the folder.
            let open = ConstGauge::new(open.count().saturating_sub(1) as u64);
            write(&mut to, "process_open_fds", "Open files and connections.", &open)?;
        }
        if let Some(most) = after(&read("limits"), "Max open files ") {
            write(&mut to, "process_max_fds", "Files and connections that it may open.", &ConstGauge::new(most))?;
        }
        Ok(())
    }
}

fn write(to: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: &impl EncodeMetric) -> Result<(), fmt::Error> {
    value.encode(to.encode_descriptor(name, help, None, value.metric_type())?)
}

/// The first number in the line that starts so.
fn after(text: &str, start: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(start))?.split_whitespace().next()?.parse().ok()
}

/// What `/proc/self/stat` tells.
#[derive(Debug, PartialEq)]
struct Usage {
    /// Of processors, in ticks of the clock.
    ticks: u64,
    /// In ticks after the start of the machine.
    started: u64,
    /// Of memory.
    pages: u64,
}

impl Usage {
    fn parse(stat: &str) -> Option<Usage> {
        // The second field is a name in brackets, which may hold anything; the next one is the third.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Usage { ticks: field(14)? + field(15)?, started: field(22)?, pages: field(24)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_behind_a_name_of_any_kind() {
        let stat =
            "42 (a ) b) S 1 42 42 0 -1 4194560 900 0 7 0 120 30 0 0 20 0 9 0 7700 233472000 5100 184467440737 1 1";
        assert_eq!(Usage::parse(stat), Some(Usage { ticks: 150, started: 7700, pages: 5100 }));
        assert_eq!(Usage::parse("42 (a) S 1"), None);
    }

    #[test]
    fn a_limit_is_the_first_number_of_its_line() {
        let limits = "Limit    Soft Limit  Hard Limit  Units\nMax open files            1024     524288     files\n";
        assert_eq!(after(limits, "Max open files "), Some(1024));
        assert_eq!(after("Max open files    unlimited", "Max open files "), None);
    }
}
