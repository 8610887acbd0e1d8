//! Device rules of a control group: as systemd was given them, the lines `DeviceAllow=` of a drop-in
//! (systemd.resource-control(5)); as the kernel has them, `devices.list` of cgroup v1
//! (Documentation/admin-guide/cgroup-v1/devices.rst).

/// What the rules say of NVIDIA's devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// They don't restrict: no device is named, or all are allowed.
    Open,
    /// Some devices are allowed, NVIDIA's among them.
    NamesNvidia,
    /// Some devices are allowed, and NVIDIA's are not.
    LeavesOutNvidia,
}

/// NVIDIA's character devices have had this major number from the start (`NV_MAJOR_DEVICE_NUMBER`,
/// open-gpu-kernel-modules, `nv-chardev-numbers.h`); runc names devices by number.
const NVIDIA: [&str; 4] = ["/dev/nvidia", "/dev/char/195:", "char-195", "char-nvidia"];

/// Reads a drop-in.
pub fn parse(text: &str) -> Rules {
    let mut found = Rules::Open;
    for rule in text.lines().filter_map(|line| line.trim().strip_prefix("DeviceAllow=")) {
        let (device, access) = rule.split_once(' ').unwrap_or((rule, "rwm"));
        // `char-* m` lets nodes be made and nothing be opened: runc writes it for every container.
        let opens = access.contains(['r', 'w']);
        if device.is_empty() || !opens {
            continue;
        }
        if device == "char-*" {
            return Rules::Open;
        }
        if NVIDIA.iter().any(|start| device.starts_with(start)) {
            found = Rules::NamesNvidia;
        } else if found == Rules::Open {
            found = Rules::LeavesOutNvidia;
        }
    }
    found
}

/// Whether a `devices.list` lets NVIDIA's devices be opened, for reading or writing.
pub fn list_opens_nvidia(list: &str) -> bool {
    list.lines().any(|line| {
        let mut fields = line.split_whitespace();
        let (Some(kind), Some(device), Some(access)) =
            (fields.next(), fields.next(), fields.next())
        else {
            return false;
        };
        let major = device.split(':').next().unwrap_or_default();
        matches!(kind, "a" | "c") && matches!(major, "*" | "195") && access.contains(['r', 'w'])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WITHOUT: &str = "# This is a drop-in unit file extension, created via \"systemctl set-property\"\n# or an equivalent operation. Do not edit.\n[Scope]\n\
        DeviceAllow=\nDeviceAllow=char-136 rwm\nDeviceAllow=/dev/char/10:200 rwm\nDeviceAllow=/dev/char/1:3 rwm\nDeviceAllow=char-* m\nDeviceAllow=block-* m\n";

    #[test]
    fn sees_whether_nvidias_devices_are_named() {
        assert_eq!(parse(WITHOUT), Rules::LeavesOutNvidia);
        let with = WITHOUT.replace("char-136", "/dev/char/195:255");
        assert_eq!(parse(&with), Rules::NamesNvidia);
    }

    #[test]
    fn a_privileged_container_is_open() {
        assert_eq!(parse("[Scope]\nDeviceAllow=\n"), Rules::Open);
        assert_eq!(parse("DeviceAllow=/dev/char/1:3 rwm\nDeviceAllow=char-* rwm\n"), Rules::Open);
        assert_eq!(parse(""), Rules::Open);
    }

    #[test]
    fn sees_whether_the_kernel_lets_nvidias_devices_be_opened() {
        // Before and after a reload (NVIDIA/nvidia-container-toolkit issue 251).
        assert!(list_opens_nvidia("c 1:3 rwm\nc 195:254 rw\nc 195:0 rw\n"));
        assert!(!list_opens_nvidia("c 1:3 rwm\nc 136:* rwm\nc 195:* m\nb *:* rwm\n"));
        assert!(list_opens_nvidia("a *:* rwm\n"));
        assert!(!list_opens_nvidia("c 195:0\n"));
    }

    proptest! {
        #[test]
        fn survives_any_text(text: String) {
            let _ = parse(&text);
            let _ = list_opens_nvidia(&text);
        }
    }
}
