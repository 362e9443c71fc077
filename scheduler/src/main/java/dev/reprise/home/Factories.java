package dev.reprise.home;

import dev.reprise.executor.ExecutorFactory;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The executors' factories that the thread's class loader finds. With Spark on the class path a
 * look goes through 170 jars, so what was found stays, for as long as runs have one class loader.
 */
final class Factories {
  private static @Nullable Factories latest;

  // A loader that nobody else has any more is not kept alive by this.
  private final WeakReference<ClassLoader> loader;
  private final SoftReference<ServiceLoader<ExecutorFactory>> found;

  private Factories(ClassLoader loader, ServiceLoader<ExecutorFactory> found) {
    this.loader = new WeakReference<>(loader);
    this.found = new SoftReference<>(found);
  }

  /**
   * The factory of a name; looks again if there is none, since a jar may have come.
   *
   * @throws java.util.ServiceConfigurationError if one cannot be loaded
   */
  static synchronized Optional<ExecutorFactory> named(String name) {
    ServiceLoader<ExecutorFactory> here = here();
    Optional<ExecutorFactory> known = find(here, name);
    if (known.isEmpty()) {
      here.reload();
      return find(here, name);
    }
    return known;
  }

  /** Those before the one that is looked for are loaded, those after it are not. */
  private static Optional<ExecutorFactory> find(ServiceLoader<ExecutorFactory> in, String name) {
    for (ExecutorFactory factory : in) {
      if (factory.name().equals(name)) {
        return Optional.of(factory);
      }
    }
    return Optional.empty();
  }

  private static ServiceLoader<ExecutorFactory> here() {
    ClassLoader now = Thread.currentThread().getContextClassLoader();
    if (now == null) {
      now = ClassLoader.getSystemClassLoader();
    }
    Factories last = latest;
    ServiceLoader<ExecutorFactory> known =
        last != null && last.loader.get() == now ? last.found.get() : null;
    if (known != null) {
      return known;
    }
    ServiceLoader<ExecutorFactory> anew = ServiceLoader.load(ExecutorFactory.class, now);
    latest = new Factories(now, anew);
    return anew;
  }
}
