package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.KryoBufferOverflowException;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.cache.fingerprint.Hasher;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Kryo with all our forms, and where it is in the value it writes. Belongs to one thread at a
 * time.
 *
 * <p>References are off: whether two parts of a value are one object or two equal ones must not be
 * in the bytes. So a part that is used twice is written twice, and a value that contains itself is
 * refused, found by the identity of the objects that are being written.
 */
final class ObjectGraph {
  /** How deep objects may be nested, in a value and in bytes. */
  static final int MAX_DEPTH = 500;

  private static final int BUFFER_BYTES = 4096;
  private static final int APART_BYTES = 128;

  private final Forms forms;
  private final NamedForms names;
  private final Kryo kryo;
  private final List<Object> ancestors = new ArrayList<>();
  private final SortedParts sorted = new SortedParts();
  private final Output buffer = new Output(BUFFER_BYTES);
  private final MessageDigest sha256 = Hasher.sha256();
  private final int limit;

  /**
   * @param limit the most that a value may take, in bytes
   */
  ObjectGraph(RegisteredTypes registered, int limit) {
    this.limit = limit;
    forms = new Forms(this, registered);
    names = new NamedForms(forms);
    kryo = new Kryo(names, null);
    kryo.setRegistrationRequired(true);
    kryo.setMaxDepth(MAX_DEPTH + 2);
    kryo.setClassLoader(ObjectGraph.class.getClassLoader());
  }

  /** The forms, for a value that names classes. */
  Forms forms() {
    return forms;
  }

  /**
   * For the content of what is written; whoever takes it leaves it as one that has seen nothing.
   */
  MessageDigest sha256() {
    return sha256;
  }

  /** Writes a whole value. After a failure this must not be used again. */
  void writeTo(OutputStream to, @Nullable Object value) {
    buffer.setOutputStream(to);
    write(buffer, value);
    buffer.flush();
    buffer.setOutputStream(null); // what it led to can be collected
  }

  /** Writes a value, or a part of one, with the name of its form. */
  void write(Output output, @Nullable Object value) {
    kryo.writeClassAndObject(output, value);
  }

  /** Writes a part; a refusal of it is told with {@code segment} in front of its path. */
  void write(Output output, @Nullable Object part, String segment) {
    try {
      write(output, part);
    } catch (Unencodable e) {
      throw e.under(segment);
    }
  }

  /** Writes an element of something ordered. */
  void writeElement(Output output, @Nullable Object element, int index) {
    try {
      write(output, element);
    } catch (Unencodable e) {
      throw e.under("[" + index + "]");
    }
  }

  /** Where parts are sorted of what promises no order. */
  SortedParts sorted() {
    return sorted;
  }

  /** The bytes of a part as they are wherever it is, for sorting. */
  byte[] apart(@Nullable Object part) {
    Output output = new Output(APART_BYTES, limit);
    try {
      names.apart(() -> write(output, part));
    } catch (KryoBufferOverflowException e) {
      throw new Unencodable(ContentStream.tooLarge(limit));
    }
    return output.toBytes();
  }

  /** Reads what {@link #write} wrote. */
  @Nullable Object read(Input input) {
    return kryo.readClassAndObject(input);
  }

  /** Begins writing the parts of {@code whole}. */
  void enter(Object whole) {
    for (Object ancestor : ancestors) {
      if (ancestor == whole) {
        throw new Unencodable("contains itself; a result must be a tree of values");
      }
    }
    if (ancestors.size() == MAX_DEPTH) {
      throw new Unencodable("is nested more than " + MAX_DEPTH + " levels deep");
    }
    ancestors.add(whole);
  }

  /** Ends what {@link #enter} began. */
  void leave() {
    ancestors.remove(ancestors.size() - 1);
  }
}
