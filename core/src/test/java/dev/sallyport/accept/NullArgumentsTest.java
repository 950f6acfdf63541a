package dev.sallyport.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.BindOptions;
import dev.sallyport.ClientCertificateCheck;
import dev.sallyport.ClientHello;
import dev.sallyport.ConnectionHandler;
import dev.sallyport.ContextSelector;
import dev.sallyport.HandshakeException;
import dev.sallyport.HandshakeInfo;
import dev.sallyport.InternetAddress;
import dev.sallyport.RawConnectionHandler;
import dev.sallyport.RawSecureServerSocket;
import dev.sallyport.RawSecureSocket;
import dev.sallyport.RawSocketHandler;
import dev.sallyport.Revocation;
import dev.sallyport.SecureServerSocket;
import dev.sallyport.SecurityContext;
import dev.sallyport.ServerObserver;
import dev.sallyport.SocketDirection;
import dev.sallyport.TlsProvider;
import dev.sallyport.TlsVersion;
import dev.sallyport.Transport;
import dev.sallyport.TruncatedStreamException;
import dev.sallyport.matrix.Setup;
import dev.sallyport.support.ConnectedPair;
import dev.sallyport.support.PublicTypes;
import dev.sallyport.support.Recorder;
import dev.sallyport.testkit.TestPki;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Null for each parameter in turn that may not be null: whatever is called says which it was. */
class NullArgumentsTest {
    private static final ServerObserver OBSERVER = new ServerObserver() {};

    /** An argument that nothing is wrong with, for each type of parameter that the API has. */
    private final Map<Class<?>, Object> arguments = new LinkedHashMap<>();

    private final List<String> faults = new ArrayList<>();
    private int calls;

    @Test
    void areNamed() throws Exception {
        Setup setup = new Setup(Transport.NIO, TlsProvider.JDK, TlsVersion.TLS_1_3);
        fillArguments(setup.context().build());
        try (SecureServerSocket server = setup.open(options -> {});
                RawSecureServerSocket rawServer = setup.openRaw(options -> {});
                var pair = ConnectedPair.of(server, setup.client(server.port()));
                var raw = ConnectedPair.of(rawServer, setup.client(rawServer.port()))) {
            for (Class<?> type : List.of(
                    SecureServerSocket.class,
                    RawSecureServerSocket.class,
                    BindOptions.class,
                    SecurityContext.class,
                    Revocation.class,
                    InternetAddress.class,
                    HandshakeInfo.class,
                    ClientHello.class,
                    HandshakeException.class,
                    TruncatedStreamException.class)) {
                tryStatics(type);
            }
            for (Object one : List.of(
                    server,
                    pair.socket,
                    pair.socket.inputStream(),
                    pair.socket.outputStream(),
                    pair.socket.incoming(),
                    server.connections(),
                    rawServer,
                    raw.socket,
                    BindOptions.builder(),
                    SecurityContext.builder(),
                    HandshakeInfo.builder(TlsVersion.TLS_1_3, "TLS_AES_128_GCM_SHA256"),
                    SecurityContext.selfSigned(),
                    Revocation.ocsp(),
                    server.statistics(),
                    pair.socket.handshake())) {
                tryMethods(one);
            }
        }
        assertThat(faults).as("%s calls", calls).isEmpty();
        assertThat(calls).isGreaterThan(100);
    }

    /** What has public methods with parameters is among those tried, or the user's to write. */
    @Test
    void ofEveryPublicTypeAreTried() {
        assertThat(PublicTypes.all().stream()
                        .filter(type -> !type.isInterface() && !type.isEnum())
                        .map(Class::getSimpleName))
                .containsExactlyInAnyOrder(
                        "BindOptions",
                        "Builder",
                        "Builder",
                        "Builder",
                        "ClientHello",
                        "HandshakeException",
                        "HandshakeInfo",
                        "InternetAddress",
                        "RawSecureServerSocket",
                        "RawSecureSocket",
                        "Revocation",
                        "SecureServerSocket",
                        "SecureSocket",
                        "SecurityContext",
                        "ServerStatistics",
                        "TruncatedStreamException");
    }

    private void fillArguments(SecurityContext context) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        arguments.put(String.class, "localhost");
        arguments.put(InetAddress.class, InternetAddress.LOOPBACK_IPV4);
        arguments.put(SocketAddress.class, new InetSocketAddress(InternetAddress.LOOPBACK_IPV4, 0));
        arguments.put(SecurityContext.class, context);
        arguments.put(BindOptions.class, BindOptions.defaults());
        arguments.put(Consumer.class, (Consumer<Object>) any -> {});
        arguments.put(Predicate.class, (Predicate<Object>) any -> true);
        arguments.put(Duration.class, Duration.ofSeconds(1));
        arguments.put(Path.class, TestPki.server().chainFile());
        arguments.put(Path[].class, new Path[] {TestPki.server().chainFile()});
        arguments.put(String[].class, new String[] {"localhost"});
        arguments.put(byte[].class, new byte[1]);
        arguments.put(char[].class, new char[1]);
        arguments.put(PrivateKey.class, TestPki.server().privateKey());
        arguments.put(
                X509Certificate[].class, new X509Certificate[] {TestPki.ca().certificate()});
        arguments.put(KeyStore.class, store);
        arguments.put(Revocation.class, Revocation.ocsp());
        arguments.put(URI.class, URI.create("http://ocsp.example"));
        arguments.put(ClientCertificateCheck.class, (ClientCertificateCheck) chain -> {});
        arguments.put(ContextSelector.class, (ContextSelector) hello -> CompletableFuture.completedStage(null));
        arguments.put(List.class, List.of("h2"));
        arguments.put(TlsVersion.class, TlsVersion.TLS_1_3);
        arguments.put(TlsProvider.class, TlsProvider.AUTO);
        arguments.put(Transport.class, Transport.AUTO);
        arguments.put(Executor.class, (Executor) Runnable::run);
        arguments.put(ServerObserver.class, OBSERVER);
        arguments.put(SocketOption.class, StandardSocketOptions.SO_KEEPALIVE);
        arguments.put(Object.class, true);
        arguments.put(StandardProtocolFamily.class, StandardProtocolFamily.INET);
        arguments.put(HandshakeException.Reason.class, HandshakeException.Reason.INTERNAL);
        arguments.put(Throwable.class, new IllegalStateException());
        arguments.put(ConnectionHandler.class, (ConnectionHandler) socket -> {});
        arguments.put(RawConnectionHandler.class, (RawConnectionHandler) RawSecureSocket::close);
        arguments.put(RawSocketHandler.class, (RawSocketHandler) (socket, event) -> {});
        arguments.put(Runnable.class, (Runnable) () -> {});
        arguments.put(SocketDirection.class, SocketDirection.SEND);
        arguments.put(ByteBuffer.class, ByteBuffer.allocate(1));
        arguments.put(OutputStream.class, new ByteArrayOutputStream());
        arguments.put(Flow.Publisher.class, (Flow.Publisher<Object>) subscriber -> {});
        arguments.put(Flow.Subscriber.class, new Recorder<Object>());
        arguments.put(int.class, 1);
        arguments.put(boolean.class, true);
    }

    private void tryStatics(Class<?> type) throws Exception {
        for (Constructor<?> constructor : type.getConstructors()) {
            tryEach(constructor, nulls -> constructor.newInstance(nulls));
        }
        for (Method method : type.getMethods()) {
            if (Modifier.isStatic(method.getModifiers())) {
                tryEach(method, nulls -> method.invoke(null, nulls));
            }
        }
    }

    private void tryMethods(Object of) throws Exception {
        for (Method method : of.getClass().getDeclaredMethods()) {
            boolean ours = Modifier.isPublic(method.getModifiers())
                    && !Modifier.isStatic(method.getModifiers())
                    && !method.isSynthetic()
                    && !method.getName().equals("equals");
            if (ours) {
                method.setAccessible(true);
                tryEach(method, nulls -> method.invoke(of, nulls));
            }
        }
    }

    private interface Call {
        @Nullable Object with(@Nullable Object... arguments) throws ReflectiveOperationException;
    }

    private void tryEach(Executable called, Call call) throws Exception {
        Parameter[] parameters = called.getParameters();
        AnnotatedType[] types = called.getAnnotatedParameterTypes();
        for (int i = 0; i < parameters.length; i++) {
            Parameter parameter = parameters[i];
            if (parameter.getType().isPrimitive() || types[i].isAnnotationPresent(Nullable.class)) {
                continue;
            }
            tryOne(called, call, i, null);
            if (parameter.getType() == List.class) {
                tryOne(called, call, i, Arrays.asList((Object) null));
            } else if (parameter.getType().isArray()
                    && !parameter.getType().getComponentType().isPrimitive()) {
                tryOne(
                        called,
                        call,
                        i,
                        java.lang.reflect.Array.newInstance(parameter.getType().getComponentType(), 1));
            }
        }
    }

    private void tryOne(Executable called, Call call, int index, @Nullable Object bad) throws Exception {
        Parameter[] parameters = called.getParameters();
        @Nullable Object[] given = Stream.of(parameters)
                .map(parameter -> {
                    assertThat(arguments.keySet()).as("%s", called).contains(parameter.getType());
                    return arguments.get(parameter.getType());
                })
                .toArray();
        given[index] = bad;
        String what =
                called + " with " + (bad == null ? "null" : "a null in it") + " for " + parameters[index].getName();
        calls++;
        try {
            Object returned = call.with(given);
            faults.add(what + ": returned " + returned);
        } catch (InvocationTargetException thrown) {
            Throwable failure = thrown.getCause();
            boolean named = (failure instanceof NullPointerException || failure instanceof IllegalArgumentException)
                    && String.valueOf(failure.getMessage())
                            .matches("(.*\\W)?" + parameters[index].getName() + "(\\W.*)?")
                    && !String.valueOf(failure.getMessage()).startsWith("Cannot ");
            if (!named) {
                faults.add(what + ": " + failure);
            }
        }
    }
}
