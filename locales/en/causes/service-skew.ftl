name = Service with other driver libraries
title = { $services } runs with driver libraries { $version }, module { $loaded }
explanation = { $service } has libraries of version { $version } in memory{ $state ->
        [deleted] , whose files are already gone
       *[there] {""}
    }; the loaded module is { $loaded } and turns them away. What the service does, such as monitoring or keeping the driver ready, fails until it is restarted. Other programs are not affected.
what = A service that belongs to the driver (nvidia-persistenced, DCGM, vGPU, power, IMEX) loads its libraries when it starts and keeps them. After the module was replaced, it still has the old ones.
why = The driver was upgraded and its modules reloaded, and the service was not restarted with them; or the service was restarted by an upgrade while the old module was still loaded.
see =
    systemctl status nvidia-persistenced nvidia-dcgm
    grep -l libnvidia /proc/*/maps
    cat /proc/driver/nvidia/version
    dmesg | grep -A4 'API mismatch'
helps =
    systemctl restart, with the name of the service
    A service that runs in a container: restart the container.
    If it gets the wrong libraries again, then not the service is old but the libraries: see the other findings.
avoid = Do not reinstall the driver and do not reboot for it.
