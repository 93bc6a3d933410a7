package io.drover.drift;

/**
 * What Prism says of a VM.
 *
 * @param extId which is its instance UUID, too
 * @param owner empty when nothing says it
 * @param environment empty when nothing says it
 * @param running anything but powered off
 */
public record VmFacts(
    String extId, String name, String owner, String environment, boolean running) {}
