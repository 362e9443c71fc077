package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import dev.reprise.cache.fingerprint.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * One way in which a value is written, by a name that is in the bytes.
 *
 * @param name of the form: a word for what the JDK brings; kind and class name for a user's class
 * @param laidOut the user's class whose layout must be the same when it is read; null for what the
 *     JDK brings, whose forms do not change, and for enums, whose constants go by name
 * @param registration what Kryo wants to know
 */
record Form(String name, @Nullable Class<?> laidOut, Registration registration) {
  static Form builtIn(String name, Class<?> type, Serializer<?> serializer) {
    return new Form(name, null, new Registration(type, serializer, 0));
  }

  /** Digest of the layout; null if it does not matter. */
  @Nullable Fingerprint layout() {
    return laidOut == null ? null : ClassLayout.of(laidOut).digest();
  }
}
