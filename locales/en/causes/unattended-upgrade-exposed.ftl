name = Unattended upgrades may replace the driver
title = { $program } may replace the driver while it is in use
explanation = This machine upgrades packages by itself ({ $program }), and nothing keeps it from the driver: package { $package } may come in a newer version at any time. The libraries are replaced at once, the loaded module is not, so that every program started afterwards fails until the modules are reloaded or the machine reboots.
what = The driver is loaded and works. A timer upgrades packages every day, the driver's among them, and does not look whether somebody uses the GPU.
why = Ubuntu turns unattended upgrades on by default, and its security archive brings new driver versions. On Debian a point release does. Elsewhere somebody turned them on, or allowed the driver's repository.
see =
    apt-config dump | grep -i -e unattended -e periodic
    systemctl list-timers apt-daily-upgrade.timer 'dnf*-automatic*'
    apt-mark showhold
    grep -i nvidia /var/log/unattended-upgrades/unattended-upgrades.log
helps =
    Where long jobs run, upgrade the driver only when you mean to:
    Debian, Ubuntu: name all of its packages in a file of /etc/apt/apt.conf.d
    Unattended-Upgrade::Package-Blacklist {"{"} "nvidia"; "libnvidia"; "linux-.*nvidia"; {"}"};
    Fedora, RHEL: excludepkgs=*nvidia* in /etc/dnf/automatic.conf
    nvmend writes that file: nvmend plan --remedy hold-driver
    Then upgrade by hand in a maintenance window, and reload the modules or reboot right after it.
    Where a reboot at night does no harm, let it follow the upgrade: Unattended-Upgrade::Automatic-Reboot "true";
avoid = Do not turn all unattended upgrades off: security fixes of everything else come by them. A hold of the meta-package alone keeps nothing back; "nvidia" alone does not match libnvidia packages.
# No arguments. The value is the program.
claim-upgrades-on = Upgrades without being asked are turned on
# No arguments. The value is the line.
claim-upgrade-source = Allowed source that brings new drivers
