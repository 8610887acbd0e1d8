name = Process holds old libraries
title = { $name } ({ $pid }) still uses libraries of driver { $version }
explanation = The process { $name } ({ $pid }) has driver libraries of version { $version } in memory, while the loaded module is { $driver }. The module turns it away at its next call. Processes affected: { $count }.
what = A process that was started before the module was replaced keeps the old libraries in memory, also when the files are long gone. It cannot use the GPU with the new module until it is started anew.
why = The modules were reloaded after an upgrade without a reboot, and services that only read values (monitoring, schedulers, exporters) went on running, because they do not hold the device.
see =
    grep -l 'libnvidia-ml.so\|libcuda.so' /proc/[0-9]*/maps
    grep -h 'nvidia.*deleted' /proc/[0-9]*/maps
    cat /sys/module/nvidia/version
helps =
    Restart the processes that are named, by their service:
    systemctl status, with the process id, shows which service it is
    systemctl restart, with that service
    A container: restart it, so that it gets the new libraries.
avoid = Do not reload the module again and do not reinstall anything: only these processes are old.
