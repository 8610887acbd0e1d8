name = Container loses the GPU
title = { $state ->
        [lost] Container { $container } has lost access to the GPU
       *[exposed] Container { $container } loses the GPU at the next daemon-reload
    }
explanation = { $rules ->
        [named] The device rules of { $container } name the GPU, and yet the kernel does not let the container open it any more.
       *[left-out] A process in { $container } has the GPU open, but systemd's device rules for the container do not name it.
    } { $state ->
        [lost] systemd has set its own rules again since the container started, as it does when it reloads its units. What was open stays open; whatever opens the GPU now gets "Failed to initialize NVML: Unknown Error".
       *[exposed] It works until systemd reloads its units, as package upgrades make it do; then the GPU is gone from the container.
    } Such containers: { $count }. The driver is fine.
claim-unruled-scope = Process { $name } ({ $pid }) has the GPU open in a container whose device rules leave it out
claim-device-list = The kernel's device rules of the container let nothing open the GPU
claim-char-link = This link to an NVIDIA device is missing, and runc leaves devices without one out of the rules
claim-units-reloaded = systemd reloaded its units after the container had started
what = The container runtime let the container use the GPU without telling systemd. When systemd reloads its units, it sets the container's device rules as it knows them, and the GPU is not among them.
why = systemd keeps the control groups, and NVIDIA's older hook adds the devices behind its back. A daemon-reload, by hand or by a package upgrade, then takes them away. With CDI, or with every device node named, systemd knows of them; but runc leaves out a device that has no link in /dev/char, and systemd before 240 needs that link too.
see =
    docker exec CONTAINER nvidia-smi
    grep -r 195: /run/systemd/transient/*.scope.d/50-DeviceAllow.conf
    grep -r 195: /sys/fs/cgroup/devices/system.slice/docker-*/devices.list
    ls -l /dev/char | grep nvidia
    journalctl -t systemd -g Reloading
    docker info | grep -i -E 'cgroup|runtimes'
helps =
    Restart the container: it has the GPU again until the next reload.
    So that it stays, one of these:
    name every node: docker run --gpus all --device /dev/nvidiactl --device /dev/nvidia0 --device /dev/nvidia-uvm --device /dev/nvidia-uvm-tools
    use CDI: docker run --device nvidia.com/gpu=all
    or keep a copy of /etc/docker/daemon.json, set exec-opts to native.cgroupdriver=cgroupfs there, and restart Docker
    runc also needs the links under /dev/char:
    nvidia-ctk system create-dev-char-symlinks --create-all
avoid = Do not reboot the host or reinstall the driver for it. Do not make the container privileged only to keep the GPU.
