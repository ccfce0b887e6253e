package io.intake.gateway;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT. The JVM's own handling runs shutdown hooks once, ends with status 143 and is deaf to a second signal;
 * a gateway has to end with 0 after a stop in good order, and to hurry when told twice. The only other means is {@code
 * sun.misc.Signal} of the module jdk.unsupported. It is looked up, because the compiler warns of it and we allow no warnings.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /**
     * Calls an action at each signal, on a thread of its own.
     *
     * @return false if this JVM cannot do that
     */
    static boolean handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler call = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                default -> "signal handler";
            };
            Object proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, call);
            for (String name : List.of("TERM", "INT")) {
                Object one = signal.getConstructor(String.class).newInstance(name);
                Object ignored = signal.getMethod("handle", signal, handler).invoke(null, one, proxy);
            }
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn(
                    "signals are left to the JVM, the exit status will not be 0: cause={}",
                    e.getClass().getSimpleName());
            return false;
        }
    }
}
