name = Environment clashes with the driver
title = { $what ->
        [library] Environment brings driver library { $version }
       *[cuda] Environment's CUDA { $version } needs a newer driver
    } (driver: { $driver })
explanation = { $what ->
        [library] The active environment { $prefix } brings the driver library { $path } of version { $version }. The loaded driver is { $driver }, and turns it away.
       *[cuda] The active environment { $prefix } brings CUDA { $version }, which driver { $driver } does not serve.
    } Programs outside this environment are not affected.
claim-conda-library = Driver library of the environment
what = A conda environment or a Python venv brings its own CUDA, or even its own driver libraries, and what it brings does not go with the loaded driver. Only programs of that environment fail.
why = The solver took the newest CUDA when the environment was made, an environment was copied from another machine, or a package put libcuda or libnvidia-ml into its lib directory.
see =
    echo $CONDA_PREFIX $VIRTUAL_ENV
    conda list | grep -i -E 'cuda|nvidia'
    pip list | grep -i -E 'cuda|nvidia|torch'
    find $CONDA_PREFIX -name 'libcuda.so*' -o -name 'libnvidia-ml.so*'
    nvidia-smi
helps =
    Note the environment first: conda env export > environment.yml, or pip freeze > requirements.txt
    Make a new environment with a CUDA that the driver serves (nvidia-smi shows the newest):
    conda create -n new 'cuda-version<=12.2', with the version that nvidia-smi shows
    pip install torch, from the index of that CUDA version
    If it holds a driver library, move that file out of the environment and remove the package that put it there.
    Or upgrade the driver of the machine.
avoid = Do not change the system's driver for one environment without need. Do not put the environment's lib directory into LD_LIBRARY_PATH.
