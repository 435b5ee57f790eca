/** What is in a mail, for people: its headers, text and parts. Reading it is an event that the customer sees. */
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { MailContent } from '@sluice/core/ports/mail-viewer.ts';
import { unreadable } from '../mail-routes.ts';
import { openMail } from '../open-mail.ts';
import { notFound, permitted } from '../trpc.ts';

const nothing: MailContent = {
  headers: [],
  text: '',
  hasHtml: false,
  remoteImages: 0,
  parts: [],
  truncated: false,
};

export const content = permitted('read-mail')
  .input(z.object({ id: z.string().max(100) }))
  .query(async ({ ctx, input }) => {
    const mail = await openMail(ctx.services, ctx, input.id);
    if (!mail.ok) {
      const { code, message } = mail.error;
      if (code === 'no-mail') throw notFound('mail');
      if (code === 'damaged') throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
      /** `message`: why there is nothing. */
      return { ...nothing, kept: false, message };
    }
    const viewed = await ctx.services.viewer.view(mail.value.raw);
    if (!viewed.ok) throw new TRPCError({ code: 'UNPROCESSABLE_CONTENT', message: unreadable[viewed.error] });
    await mail.value.recordLook('content');
    return { ...viewed.value, kept: true, message: undefined };
  });
