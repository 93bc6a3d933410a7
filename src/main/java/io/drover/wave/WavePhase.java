package io.drover.wave;

/** How far a VM of a wave is. */
public enum WavePhase {
  /** It is in the plan; nothing was made for it. */
  PLANNED,
  /** Move cannot take it, or something that it needs is not taken. */
  EXCLUDED,
  COPYING,
  READY,
  CUTTING_OVER,
  /** It runs on AHV and is not yet known to be well. */
  ON_AHV,
  MIGRATED,
  ROLLING_BACK,
  ROLLED_BACK,
  /** A VM that it needs did not get there, so its cutover was not begun. */
  WAITING,
  /** Its cutover was not begun; its source runs as before. */
  UNTOUCHED,
  FAILED,
  NEEDS_HUMAN
}
