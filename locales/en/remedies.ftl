# Remedies. Of each: what it is called, and (-do) what it does, in one sentence.

reload-modules = Reload the modules
reload-modules-do = Stops what uses the GPU, unloads the NVIDIA modules and loads those on disk; no reboot is needed.
reboot = Reboot
reboot-do = Restarts the machine, so that the modules on disk are loaded.
