package io.drover.drift;

import org.jspecify.annotations.Nullable;

/**
 * What Prism says of a VM.
 *
 * @param owner value of the owner's category; several are one text with commas; null: none
 * @param environment as owner
 * @param on anything but powered off
 * @param asked whether findings about it are asked for; one that is not still keeps its record from
 *     being called missing
 */
public record VmFacts(
    String extId,
    String name,
    @Nullable String owner,
    @Nullable String environment,
    boolean on,
    boolean asked) {}
