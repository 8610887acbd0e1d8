name = Stale CDI specification
title = { $used ->
        [no] Outdated CDI specification { $path }, not used
       *[yes] CDI specification { $path } names driver files that are { $state ->
            [gone] gone
           *[other] of another version
        }
    }
explanation = { $path } lists { $file } to be mounted into containers, { $state ->
        [gone] but that file is not there any more
       *[other] which is of version { $version }, while the loaded module is { $driver }
    }. Driver files in this state found in it: { $count }. { $used ->
        [no] A newer specification of the same kind stands before it, so containers do not get it.
       *[yes] Containers that ask for a GPU through CDI do not start, or get libraries that the module turns away. The driver itself is fine.
    }
claim-cdi-file-gone = The specification names a file that is gone
claim-cdi-other-version = The specification names a file of another version
what = A CDI specification tells Podman, Docker and Kubernetes which driver files to mount into a container, each by its full name with the version. After a driver upgrade those names are wrong until the specification is generated anew.
why = The driver, or a library that is packaged apart such as egl-wayland, was upgraded and nothing regenerated the specification. The toolkit's refresh service covers only its own file under /var/run/cdi, and gives up while nvidia-smi fails; a file that was once written to /etc/cdi by hand stays as it is.
see =
    ls -l /etc/cdi /var/run/cdi
    grep -h hostPath /etc/cdi/nvidia.yaml /var/run/cdi/nvidia.yaml | sort -u
    nvidia-ctk cdi list
    systemctl status nvidia-cdi-refresh.service
    cat /proc/driver/nvidia/version
helps =
    First see that nvidia-smi works on the host, then generate the file anew, where it lies:
    nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml
    Where the toolkit has the refresh service, keep only its file:
    mv /etc/cdi/nvidia.yaml /root/
    systemctl enable --now nvidia-cdi-refresh.path
    systemctl restart nvidia-cdi-refresh.service
    Containers that were created before must be created anew.
avoid = Do not edit version numbers in the file by hand. Do not reinstall the driver: it is fine. Do not link old file names to the new files.
