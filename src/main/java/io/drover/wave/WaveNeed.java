package io.drover.wave;

/**
 * That a VM does not work without another one.
 *
 * @param vm name or id of the one that needs
 * @param base name or id of the one that is needed
 */
public record WaveNeed(String vm, String base) {}
