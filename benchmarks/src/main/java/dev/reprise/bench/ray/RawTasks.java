package dev.reprise.bench.ray;

import dev.reprise.bench.taskbench.Pattern;
import dev.reprise.bench.taskbench.TaskBench;
import dev.reprise.bench.taskbench.TaskBench.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What the peer's workers run. Bytes alone cross, as whatever else does takes Ray longer. */
final class RawTasks {
  private RawTasks() {}

  /** A unit: takes its point, the round and its work, returns its result. */
  static byte[] unit(byte[] what) {
    ByteBuffer in = ByteBuffer.wrap(what);
    return bytes(Units.unit(in.getLong(), in.getLong(), in.getLong()));
  }

  static byte[] unitOf(long point, long round, long work) {
    return ByteBuffer.allocate(3 * Long.BYTES).putLong(point).putLong(round).putLong(work).array();
  }

  /** A point of a graph: takes its step, the width, its work, its point and its inputs. */
  static byte[] cell(byte[] what) {
    ByteBuffer in = ByteBuffer.wrap(what);
    int step = in.getInt();
    int width = in.getInt();
    long work = in.getLong();
    long point = in.getLong();
    List<Long> inputs = new ArrayList<>();
    while (in.hasRemaining()) {
      inputs.add(in.getLong());
    }
    Shape shape = new Shape(Pattern.STENCIL_1D, width, step + 1, work);
    return bytes(TaskBench.cellOf(shape, step, point, inputs));
  }

  static byte[] cellOf(Shape shape, int step, long point, List<Long> inputs) {
    ByteBuffer out =
        ByteBuffer.allocate(2 * Integer.BYTES + (2 + inputs.size()) * Long.BYTES)
            .putInt(step)
            .putInt(shape.width())
            .putLong(shape.work())
            .putLong(point);
    inputs.forEach(out::putLong);
    return out.array();
  }

  private static byte[] bytes(long result) {
    return ByteBuffer.allocate(Long.BYTES).putLong(result).array();
  }

  static long result(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong();
  }
}
