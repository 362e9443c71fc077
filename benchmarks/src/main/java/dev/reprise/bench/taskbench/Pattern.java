package dev.reprise.bench.taskbench;

import java.util.Arrays;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/**
 * Which points of the step before a point depends on, as Task Bench has it. A graph has {@code
 * width} points in each step; the first step depends on nothing.
 */
public enum Pattern {
  /** Nothing. */
  TRIVIAL {
    @Override
    int[] from(int step, int point, int width) {
      return new int[0];
    }
  },
  /** The same point. */
  NO_COMM {
    @Override
    int[] from(int step, int point, int width) {
      return new int[] {point};
    }
  },
  /** The point and its neighbours. */
  STENCIL_1D {
    @Override
    int[] from(int step, int point, int width) {
      return around(point, 1, width);
    }
  },
  /** The point and its neighbours on a ring. */
  STENCIL_1D_PERIODIC {
    @Override
    int[] from(int step, int point, int width) {
      return IntStream.rangeClosed(point - 1, point + 1)
          .map(p -> Math.floorMod(p, width))
          .distinct()
          .sorted()
          .toArray();
    }
  },
  /** The point and the one before it: a sweep. */
  DOM {
    @Override
    int[] from(int step, int point, int width) {
      return point == 0 ? new int[] {0} : new int[] {point - 1, point};
    }
  },
  /** The point's parent in a binary tree that grows from point 0, then the point itself. */
  TREE {
    @Override
    int[] from(int step, int point, int width) {
      boolean growing = step < 31 && 1 << (step - 1) < width;
      return new int[] {growing ? point / 2 : point};
    }
  },
  /** The partners of a butterfly. */
  FFT {
    @Override
    int[] from(int step, int point, int width) {
      int stages = Math.max(1, 32 - Integer.numberOfLeadingZeros(width - 1));
      int distance = 1 << ((step - 1) % stages);
      return IntStream.of(point - distance, point, point + distance)
          .filter(p -> 0 <= p && p < width)
          .toArray();
    }
  },
  /** Every point: a barrier. */
  ALL_TO_ALL {
    @Override
    int[] from(int step, int point, int width) {
      return IntStream.range(0, width).toArray();
    }
  },
  /** The five nearest points. */
  NEAREST {
    @Override
    int[] from(int step, int point, int width) {
      return around(point, 2, width);
    }
  },
  /** Five points spread over the width, others in each step. */
  SPREAD {
    @Override
    int[] from(int step, int point, int width) {
      return IntStream.range(0, SOME)
          .map(i -> (point + i * width / SOME + (i > 0 ? step - 1 : 0)) % width)
          .distinct()
          .sorted()
          .toArray();
    }
  },
  /** Some of the five nearest points, by chance with a seed. */
  RANDOM_NEAREST {
    @Override
    int[] from(int step, int point, int width) {
      var chance =
          RandomGeneratorFactory.of("SplittableRandom").create(31L * (31L * step + point) + width);
      return Arrays.stream(NEAREST.from(step, point, width))
          .filter(p -> p == point || chance.nextBoolean())
          .toArray();
    }
  };

  private static final int SOME = 5;

  /** Without a stream: it is asked for each unit of each plan, and not what is to be measured. */
  private static int[] around(int point, int distance, int width) {
    int first = Math.max(0, point - distance);
    int[] points = new int[Math.min(width - 1, point + distance) - first + 1];
    for (int i = 0; i < points.length; i++) {
      points[i] = first + i;
    }
    return points;
  }

  abstract int[] from(int step, int point, int width);

  /**
   * The points of the step before that a point depends on, ascending; none in step 0.
   *
   * @param step from 0
   * @param point below {@code width}
   */
  public int[] dependencies(int step, int point, int width) {
    return step == 0 ? new int[0] : from(step, point, width);
  }
}
