package dev.reprise.cache.store;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Gives mapped memory back at once. Java 17 does so when a buffer is collected, which may be never;
 * its way to do it earlier is the one of {@code jdk.unsupported} that libraries are left until they
 * have the foreign memory of Java 22.
 */
final class Unmapping {
  private static final @Nullable MethodHandle CLEANER = cleaner();

  private Unmapping() {}

  private static @Nullable MethodHandle cleaner() {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return MethodHandles.lookup()
          .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
          .bindTo(instance.get(null));
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null;
    }
  }

  /** Whether this JVM can; if not, nothing should be mapped. */
  static boolean isPossible() {
    return CLEANER != null;
  }

  /** Unmaps; nobody may touch the buffer from now on. */
  static void unmap(MappedByteBuffer memory) {
    MethodHandle cleaner = CLEANER;
    if (cleaner == null) {
      throw new IllegalStateException("memory was mapped that cannot be given back");
    }
    try {
      cleaner.invoke((ByteBuffer) memory);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("mapped memory cannot be given back", e);
    }
  }
}
