"use strict";
// Small helps only: every page works without this file.
