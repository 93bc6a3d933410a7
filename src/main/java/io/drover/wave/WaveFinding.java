package io.drover.wave;

import java.util.List;

/**
 * Something that stands against a wave, or that people should know before it.
 *
 * @param kind stable
 * @param members names of the VMs that it is about; hostile text
 * @param text for people
 */
public record WaveFinding(Kind kind, List<String> members, String text) {

  /** What is found; all but the last keep a wave from beginning. */
  public enum Kind {
    /** VMs need each other in a circle. */
    CYCLE,
    /** A VM is named that the inventory does not have. */
    MISSING_MEMBER,
    /** A name is used to mean a VM, and several have it. */
    AMBIGUOUS_NAME,
    /** A VM needs one that comes in a later wave. */
    BASE_IN_LATER_WAVE,
    /** A VM needs one that is neither in this wave nor on AHV nor said to stay. */
    BASE_NOT_MIGRATED,
    /** VMs that are to go together are in different waves. */
    TIER_SPLIT,
    /** A VM is in more than one wave. */
    TWO_WAVES,
    /** The target has not the room. */
    CAPACITY,
    /** Move cannot take this VM. */
    NOT_MIGRATABLE,
    /** A VM was migrated before. */
    ALREADY_MIGRATED,
    /** Good to know. */
    WARNING
  }

  public WaveFinding {
    members = List.copyOf(members);
  }

  public boolean stops() {
    return kind != Kind.WARNING;
  }
}
