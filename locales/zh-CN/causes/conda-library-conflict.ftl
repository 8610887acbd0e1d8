name = 环境与驱动冲突
title = { $what ->
        [library] 环境里带有 { $version } 的驱动库
       *[cuda] 环境里的 CUDA { $version } 需要更新的驱动
    }（当前驱动 { $driver }）
explanation = { $what ->
        [library] 当前激活的环境 { $prefix } 带有 { $version } 版的驱动库 { $path }。已加载的驱动是 { $driver }，不会接受它。
       *[cuda] 当前激活的环境 { $prefix } 带有 CUDA { $version }，驱动 { $driver } 不支持。
    }这个环境以外的程序不受影响。
claim-conda-library = 环境里的驱动库
what = conda 环境或 Python 虚拟环境自带 CUDA，甚至自带驱动库，与已加载的驱动不匹配。出错的只有这个环境里的程序。
why = 创建环境时求解器选了最新的 CUDA；环境是从别的机器复制来的；或者某个包把 libcuda、libnvidia-ml 放进了环境的 lib 目录。
see =
    echo $CONDA_PREFIX $VIRTUAL_ENV
    conda list | grep -i -E 'cuda|nvidia'
    pip list | grep -i -E 'cuda|nvidia|torch'
    find $CONDA_PREFIX -name 'libcuda.so*' -o -name 'libnvidia-ml.so*'
    nvidia-smi
helps =
    先导出环境：conda env export > environment.yml，或 pip freeze > requirements.txt
    新建环境，选用驱动支持的 CUDA（nvidia-smi 会显示最高版本）：
    conda create -n new 'cuda-version<=12.2'，版本以 nvidia-smi 显示的为准
    pip install torch，使用对应 CUDA 版本的索引
    环境里有驱动库的，把它移出环境，并卸载带来它的包。
    或者升级机器的驱动。
avoid = 没有必要时，不要为一个环境去动系统的驱动。不要把环境的 lib 目录写进 LD_LIBRARY_PATH。
