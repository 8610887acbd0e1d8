name = Service with other driver libraries
title = { $state ->
        [too-old] DCGM { $version } is too old for driver { $loaded }
       *[other] { $services } runs with driver libraries { $version }, module { $loaded }
    }
explanation = { $state ->
        [too-old] DCGM's diagnostics are made for certain versions of CUDA. { $version } does not know CUDA { $cuda }, which comes with this driver, so that dcgmi diag fails; where a scheduler runs it as a health check, the machine is taken out of service. Monitoring may go on. CUDA { $cuda } needs DCGM { $needs } or newer.
       *[other] { $service } has libraries of version { $version } in memory{ $state ->
            [deleted] , whose files are already gone
           *[there] {""}
        }; the loaded module is { $loaded } and turns them away. What the service does, such as monitoring or keeping the driver ready, fails until it is restarted. Other programs are not affected.
    }
what = A service that belongs to the driver (nvidia-persistenced, DCGM, vGPU, power, IMEX) loads its libraries when it starts and keeps them. After the module was replaced, it still has the old ones. DCGM itself can also be too old for the driver.
why = The driver was upgraded and its modules reloaded, and the service was not restarted with them; or the service was restarted by an upgrade while the old module was still loaded. DCGM has a version of its own, so that an upgrade of the driver does not bring the DCGM that its CUDA needs.
see =
    systemctl status nvidia-persistenced nvidia-dcgm
    grep -l libnvidia /proc/*/maps
    cat /proc/driver/nvidia/version
    dmesg | grep -A4 'API mismatch'
    dcgmi --version
helps =
    systemctl restart, with the name of the service
    A DCGM that is too old: install the package for the driver's CUDA, such as datacenter-gpu-manager-4-cuda13, in place of datacenter-gpu-manager, then restart nvidia-dcgm
    A service that runs in a container: restart the container.
    If it gets the wrong libraries again, then not the service is old but the libraries: see the other findings.
avoid = Do not reinstall the driver and do not reboot for it.
