package io.drover.runtime.guest;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How guests are reached: {@code drover.guests.*}.
 *
 * @param subnets CIDR blocks that guests may be in; nothing outside is ever connected to
 * @param port of SSH, 1..65535
 * @param username who logs in
 * @param password {@code env:NAME}, {@code file:PATH} or itself; null when a key is used
 * @param privateKey path of an OpenSSH or PEM private key; null when a password is used
 * @param passphrase of the key, as {@code password}; null if it has none
 * @param become put before commands that need root; empty when {@code username} is root
 * @param knownHosts path of a known_hosts file with accepted host keys; null for none
 * @param connectTimeout for the connection and the login together
 * @param commandTimeout for one command; an update runs detached and is not bound by it
 * @param outputLimit bytes of a command's output that are kept, its end
 * @param logins how many log-ins are under way at a time, 1..1000; others wait in line
 * @param patience how long a guest that does not answer is asked again, where asking twice does no
 *     harm
 * @param firstPause between two looks at a guest; it grows by half each time
 * @param longestPause the longest pause between two looks
 */
@ConfigurationProperties("drover.guests")
record GuestProperties(
    @DefaultValue List<String> subnets,
    @DefaultValue("22") int port,
    @DefaultValue("drover") String username,
    @Nullable String password,
    @Nullable String privateKey,
    @Nullable String passphrase,
    @DefaultValue("sudo -n") String become,
    @Nullable String knownHosts,
    @DefaultValue("10s") Duration connectTimeout,
    @DefaultValue("60s") Duration commandTimeout,
    @DefaultValue("65536") int outputLimit,
    @DefaultValue("16") int logins,
    @DefaultValue("90s") Duration patience,
    @DefaultValue("2s") Duration firstPause,
    @DefaultValue("15s") Duration longestPause) {}
