// SPDX-License-Identifier: MIT
#define OWN drm
#define USES modeset
#include "member.h"
