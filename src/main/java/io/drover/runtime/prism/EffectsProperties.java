package io.drover.runtime.prism;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How effects are treated.
 *
 * @param settle a call whose answer was lost is repeated only when it is this old and nothing of it
 *     is to be found
 */
@ConfigurationProperties("drover.effects")
record EffectsProperties(@DefaultValue("2s") Duration settle) {}
