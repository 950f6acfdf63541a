package dev.sallyport.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Builds {@link ClientHelloBytes}; changes in place, for one thread. */
public final class ClientHelloBuilder {
    private static final int SSL_3 = 0x0300;
    private static final int TLS_1_2 = 0x0303;
    private static final int TLS_1_3 = 0x0304;
    private static final Map<String, Integer> VERSIONS =
            Map.of("SSLv3", SSL_3, "TLSv1", 0x0301, "TLSv1.1", 0x0302, "TLSv1.2", TLS_1_2, "TLSv1.3", TLS_1_3);

    private static final int[] SUITES_1_3 = {0x1301, 0x1302, 0x1303};
    private static final int[] SUITES_BEFORE_1_3 = {
        0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0x009c, 0x002f, 0x0035
    };
    private static final int[] GROUPS = {0x001d, 0x0017};
    private static final int[] SIGNATURES = {0x0403, 0x0804, 0x0807, 0x0401, 0x0503, 0x0805, 0x0501};

    private static final int EXTENSION_HEADER_BYTES = 4;
    private static final int LARGEST_EXTENSIONS_BYTES = 0xffff;

    private List<Integer> versions = List.of(TLS_1_2, TLS_1_3);
    private int @Nullable [] suites;
    private @Nullable String serverName;
    private List<String> alpn = List.of();
    private byte @Nullable [] keyShare;
    private boolean keyShares = true;
    private final TlsBytes moreExtensions = new TlsBytes();
    private long seed;
    private int paddedTo;

    ClientHelloBuilder() {}

    /**
     * Offers these versions only: {@code "SSLv3"}, {@code "TLSv1"}, {@code "TLSv1.1"}, {@code "TLSv1.2"},
     * {@code "TLSv1.3"}.
     */
    public ClientHelloBuilder versions(String... names) {
        versions = List.of(names).stream().map(ClientHelloBuilder::version).toList();
        return this;
    }

    /** Offers these cipher suites, by number, instead of the usual ones of the versions offered. */
    public ClientHelloBuilder cipherSuites(int... numbers) {
        suites = numbers.clone();
        return this;
    }

    /** Adds a server name; it is sent as it is, also when it is not a valid one. */
    public ClientHelloBuilder sni(String name) {
        serverName = name;
        return this;
    }

    /** Adds application protocols, the most wanted first. */
    public ClientHelloBuilder alpn(String... names) {
        alpn = List.of(names);
        return this;
    }

    /** Offers this X25519 key share instead of a random one, to which nobody has the key; it is sent as it is. */
    public ClientHelloBuilder keyShare(byte[] x25519) {
        keyShare = x25519.clone();
        return this;
    }

    /** Offers groups, and a key share for none of them. */
    public ClientHelloBuilder withoutKeyShares() {
        keyShares = false;
        return this;
    }

    /** Adds an extension behind the usual ones, whether it is among them or not. */
    public ClientHelloBuilder extension(int type, byte[] content) {
        moreExtensions.extension(type, content);
        return this;
    }

    /** Chooses other random fields; the same seed gives the same bytes. */
    public ClientHelloBuilder random(long seed) {
        this.seed = seed;
        return this;
    }

    /** Pads the message, its header included, to exactly this size (RFC 7685); at most about 65,000. */
    public ClientHelloBuilder paddedTo(int bytes) {
        paddedTo = bytes;
        return this;
    }

    /** {@return the hello} */
    public ClientHelloBytes build() {
        int highest = versions.stream().mapToInt(Integer::intValue).max().orElse(TLS_1_2);
        Random random = new Random(seed);
        TlsBytes body = new TlsBytes();
        body.u16(Math.min(highest, TLS_1_2));
        body.raw(random(random, 32));
        body.vector8(random(random, highest == TLS_1_3 ? 32 : 0));
        body.vector16(u16s(suites == null ? usualSuites() : suites));
        body.vector8(new byte[] {0});
        if (highest > SSL_3) {
            byte[] extensions = extensions(random);
            body.vector16(padded(extensions, body.size()));
        }
        TlsBytes message = new TlsBytes();
        message.u8(1);
        message.u24(body.size());
        message.raw(body.toByteArray());
        return new ClientHelloBytes(highest == SSL_3 ? SSL_3 : 0x0301, message.toByteArray());
    }

    private byte[] extensions(Random random) {
        TlsBytes extensions = new TlsBytes();
        String name = serverName;
        if (name != null) {
            TlsBytes entry = new TlsBytes();
            entry.u8(0);
            entry.vector16(name.getBytes(StandardCharsets.UTF_8));
            extensions.extension(0, TlsBytes.vectorOf(entry.toByteArray()));
        }
        extensions.extension(10, TlsBytes.vectorOf(u16s(GROUPS)));
        extensions.extension(11, new byte[] {1, 0});
        extensions.extension(13, TlsBytes.vectorOf(u16s(SIGNATURES)));
        if (!alpn.isEmpty()) {
            TlsBytes names = new TlsBytes();
            alpn.forEach(each -> names.vector8(each.getBytes(StandardCharsets.UTF_8)));
            extensions.extension(16, TlsBytes.vectorOf(names.toByteArray()));
        }
        extensions.extension(23, new byte[0]);
        extensions.extension(0xff01, new byte[] {0});
        if (versions.contains(TLS_1_3)) {
            TlsBytes offered = new TlsBytes();
            offered.vector8(
                    u16s(versions.stream().mapToInt(Integer::intValue).sorted().toArray()));
            extensions.extension(43, offered.toByteArray());
            extensions.extension(45, new byte[] {1, 1});
            TlsBytes share = new TlsBytes();
            share.u16(GROUPS[0]);
            byte[] unusable = random(random, 32);
            share.vector16(keyShare == null ? unusable : keyShare);
            extensions.extension(51, TlsBytes.vectorOf(keyShares ? share.toByteArray() : new byte[0]));
        }
        extensions.raw(moreExtensions.toByteArray());
        return extensions.toByteArray();
    }

    private byte[] padded(byte[] extensions, int bytesBefore) {
        if (paddedTo == 0) {
            return extensions;
        }
        int messageHeaderAndLength = 4 + 2;
        int padding = paddedTo - messageHeaderAndLength - bytesBefore - extensions.length - EXTENSION_HEADER_BYTES;
        if (padding < 0 || extensions.length + EXTENSION_HEADER_BYTES + padding > LARGEST_EXTENSIONS_BYTES) {
            int smallest = paddedTo - padding;
            throw new IllegalArgumentException("paddedTo " + paddedTo + " is outside " + smallest + ".."
                    + (smallest + LARGEST_EXTENSIONS_BYTES - extensions.length - EXTENSION_HEADER_BYTES));
        }
        TlsBytes all = new TlsBytes();
        all.raw(extensions);
        all.extension(21, new byte[padding]);
        return all.toByteArray();
    }

    private int[] usualSuites() {
        boolean modern = versions.contains(TLS_1_3);
        boolean older = versions.stream().anyMatch(version -> version < TLS_1_3);
        int[] none = {};
        return IntStream.concat(
                        Arrays.stream(modern ? SUITES_1_3 : none), Arrays.stream(older ? SUITES_BEFORE_1_3 : none))
                .toArray();
    }

    private static int version(String name) {
        Integer number = VERSIONS.get(name);
        if (number == null) {
            throw new IllegalArgumentException("version " + name + " is none of " + VERSIONS.keySet());
        }
        return number;
    }

    private static byte[] random(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] u16s(int[] numbers) {
        TlsBytes bytes = new TlsBytes();
        for (int number : numbers) {
            bytes.u16(number);
        }
        return bytes.toByteArray();
    }
}
