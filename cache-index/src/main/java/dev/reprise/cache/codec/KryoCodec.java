package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.io.Input;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.Payload;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Objects: JDK values and collections, and registered classes of the user's.
 *
 * <p>Kryo carries the bytes; what it would do by itself is replaced where it does not keep our
 * promises, as told in {@code docs/adr/0006-objects-as-kryo.md}: classes go by name and layout,
 * sharing of references does not show, unordered collections are sorted, and nothing is read that
 * was not registered. There is no switch that turns registration off.
 */
public final class KryoCodec implements Codec {
  /** Name and version of the form. */
  public static final String ID = "kryo/1";

  private static final byte[] PREFIX = ContentStream.prefix(ID);

  /** The most an object may take, in bytes: 1 GiB. */
  static final int LIMIT = 1 << 30;

  /**
   * By the classes that they register, held by one of these: what they are made of is large, and a
   * driver that lives on has many runs of one pipeline. They go when that class does.
   */
  private static final ClassValue<Map<List<Class<?>>, KryoCodec>> SHARED =
      new ClassValue<>() {
        @Override
        protected Map<List<Class<?>>, KryoCodec> computeValue(Class<?> holder) {
          return new ConcurrentHashMap<>();
        }
      };

  private static final int MOST_IDLE = Math.max(4, Runtime.getRuntime().availableProcessors());

  private final RegisteredTypes registered;
  private final int limit;
  private final Queue<ObjectGraph> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * @param registered the user's classes that may be in values
   */
  public KryoCodec(RegisteredTypes registered) {
    this(registered, LIMIT);
  }

  /**
   * @param limit the most an object may take, in bytes
   */
  KryoCodec(RegisteredTypes registered, int limit) {
    this.registered = registered;
    this.limit = limit;
  }

  /** Returns the codec for these, which others may have too. */
  static KryoCodec of(RegisteredTypes registered) {
    List<Class<?>> classes = registered.classes();
    Class<?> holder = holder(classes);
    return holder == null
        ? new KryoCodec(registered)
        : SHARED.get(holder).computeIfAbsent(classes, any -> new KryoCodec(registered));
  }

  /**
   * The class, this one included, whose loader knows those of all others, so that it goes first;
   * null if there is none.
   */
  private static @Nullable Class<?> holder(List<Class<?>> classes) {
    Class<?> holder = KryoCodec.class;
    for (Class<?> each : classes) {
      if (knows(each.getClassLoader(), holder.getClassLoader())) {
        holder = each;
      } else if (!knows(holder.getClassLoader(), each.getClassLoader())) {
        return null;
      }
    }
    return holder;
  }

  private static boolean knows(@Nullable ClassLoader loader, @Nullable ClassLoader other) {
    ClassLoader above = loader;
    while (above != other && above != null) {
      above = above.getParent();
    }
    return above == other;
  }

  @Override
  public String id() {
    return ID;
  }

  /** Everything, null too; whether there is a form shows when it is written. */
  @Override
  public boolean accepts(@Nullable Object value) {
    return true;
  }

  @Override
  public Encoded encode(@Nullable Object value, OutputStream to) throws IOException {
    ObjectGraph graph = take();
    ContentStream stream = new ContentStream(PREFIX, to, limit, graph.sha256());
    try {
      graph.writeTo(stream, value);
    } catch (Unencodable e) {
      throw e.refusal();
    } catch (KryoException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
    Fingerprint content = stream.content();
    giveBack(graph); // not after a failure: it may be in the middle of something
    return new Encoded(content, PartitionRef.NOT_A_TABLE, Bytes.EMPTY);
  }

  @Override
  public @Nullable Object decode(Payload payload) throws IOException {
    Input input = new Input(payload.bytes());
    ObjectGraph graph = take();
    Object value;
    try {
      value = graph.read(input);
    } catch (NamedForms.UnknownName e) {
      throw new UnregisteredTypeException(
          e.typeName, "the object cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // whatever Kryo, our forms or a constructor of the user's make of bytes that are not theirs
      throw new UndecodableException("the object cannot be read: " + e.getMessage(), e);
    }
    if (input.position() != input.limit()) {
      throw new UndecodableException(
          (input.limit() - input.position()) + " bytes are left over after the object");
    }
    giveBack(graph);
    return value;
  }

  private ObjectGraph take() {
    ObjectGraph graph = idle.poll();
    if (graph == null) {
      return new ObjectGraph(registered, limit);
    }
    waiting.decrementAndGet();
    return graph;
  }

  /** Some wait for the next value; what a run with many threads had beside them is let go. */
  private void giveBack(ObjectGraph graph) {
    if (waiting.incrementAndGet() <= MOST_IDLE) {
      idle.add(graph);
    } else {
      waiting.decrementAndGet();
    }
  }
}
