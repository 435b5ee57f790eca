/**
 * Where the content of each event of a block lies: in frames that are unpacked one by one, events of the same stream side by
 * side, so that who reads one stream of many unpacks little that is not of it.
 */

/** Of the events of a block, in the order of their positions. */
export interface Extents {
  readonly streams: readonly number[];
  /** Bytes of data. */
  readonly dataLengths: readonly number[];
  /** Bytes of metadata, which follow the data. */
  readonly metadataLengths: readonly number[];
}

export interface Layout {
  /** By the number of the event: the frame that it is in, and where in it its data begins. */
  readonly frames: readonly number[];
  readonly begins: readonly number[];
  /** Unpacked bytes of each frame. */
  readonly frameLengths: readonly number[];
  /** The numbers of the events in the order in which they lie in the frames. */
  readonly order: readonly number[];
}

/** To begin with a frame costs as much as to unpack some 15 kB of it; who reads one event unpacks all of its frame. */
const mostFrameBytes = 128 * 1024;
/** A frame with so many bytes takes no further stream. */
const enoughFrameBytes = 16 * 1024;

/** Part of the format of the file: a block is read by the same rules by which it was written. */
export function layoutOf({ streams, dataLengths, metadataLengths }: Extents): Layout {
  const order = streams.map((_, index) => index);
  const streamOf = (index: number): number => streams[index] ?? 0;
  order.sort((a, b) => streamOf(a) - streamOf(b) || a - b);
  const frames: number[] = Array.from({ length: order.length }, () => 0);
  const begins: number[] = Array.from({ length: order.length }, () => 0);
  const frameLengths: number[] = [];
  let length = 0;
  let previous = streamOf(order[0] ?? 0);
  for (const [place, index] of order.entries()) {
    const bytes = (dataLengths[index] ?? 0) + (metadataLengths[index] ?? 0);
    const stream = streamOf(index);
    const isFull = length + bytes > mostFrameBytes || (stream !== previous && length > enoughFrameBytes);
    if (isFull && place > 0) {
      frameLengths.push(length);
      length = 0;
    }
    frames[index] = frameLengths.length;
    begins[index] = length;
    length += bytes;
    previous = stream;
  }
  frameLengths.push(length);
  return { frames, begins, frameLengths, order };
}
