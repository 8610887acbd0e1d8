name = Library path overrides the driver
title = { $unit ->
        [none] {""}
       *[other] For { $unit },{" "}
    }{ $variable } brings { $library } { $version ->
        [none] from elsewhere
       *[other] { $version }
    } instead of { $expected }
explanation = { $unit ->
        [none] In this environment { $variable } makes programs load
       *[other] A line of its configuration sets { $variable } for { $unit }, so that this service loads
    } { $path } for { $library }{ $version ->
        [none] , whose version is not told
       *[other] , which is of version { $version }
    }; the driver needs { $expected }. The system's own libraries are not at fault, and programs without this variable get those.{ $unit ->
        [none] {""}
       *[other] {" "}Starting the service anew does not help as long as the line stands there.
    }
what = An environment variable makes the loader prefer a driver library from another directory than the system's, and that library is of another version than the loaded module.
why = LD_LIBRARY_PATH or LD_PRELOAD is set in a shell profile, a service's unit, an environment module or a start script, and names a directory with an old copy of the driver's libraries.
see =
    env | grep -E '^LD_(LIBRARY_PATH|PRELOAD)='
    ldd $(which nvidia-smi)
    LD_DEBUG=libs nvidia-smi 2>&1 | grep libnvidia-ml
    grep -r LD_LIBRARY_PATH ~/.bashrc ~/.profile /etc/profile.d /etc/environment
    env -u LD_LIBRARY_PATH -u LD_PRELOAD nvidia-smi
helps =
    Try it without the variable: env -u LD_LIBRARY_PATH nvidia-smi
    Find where it is set: ~/.bashrc, ~/.profile, /etc/profile.d, /etc/environment, systemctl cat of the unit, module show.
    A line of /etc/environment, or of a unit in /etc/systemd/system, nvmend apply edits, and can put back.
    Keep a copy of that file, then take this one directory out of the list; leave the rest.
    If another program needs something from there, set the variable for that program only.
avoid = Do not reinstall the driver: it is all right. Do not move or delete system libraries to fit the variable.
