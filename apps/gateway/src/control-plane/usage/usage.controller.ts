import { Controller } from '@nestjs/common';
import { operations } from '@turnpike/contracts/operations';
import type { CallDetailView, CallListView, UsageSeriesView, UsageSummaryView } from '@turnpike/contracts/usage';
import type { ControlContext } from '@turnpike/control/services';
import { getCall } from '@turnpike/control/usage/get-call';
import { listCalls } from '@turnpike/control/usage/list-calls';
import { getUsageSeries } from '@turnpike/control/usage/get-usage-series';
import { getUsageSummary } from '@turnpike/control/usage/get-usage-summary';
import { Implements } from '../http/operation.decorator.ts';
import { Context, Input } from '../http/request-context.decorator.ts';
import type { InputOf } from '../http/validate-input.ts';

@Controller()
export class UsageController {
  @Implements(operations.listCalls)
  list(
    @Context() context: ControlContext,
    @Input() { query }: InputOf<typeof operations.listCalls>,
  ): Promise<CallListView> {
    return listCalls(context, query);
  }

  @Implements(operations.getCall)
  get(
    @Context() context: ControlContext,
    @Input() { params }: InputOf<typeof operations.getCall>,
  ): Promise<CallDetailView> {
    return getCall(context, params.requestId);
  }

  @Implements(operations.getUsageSummary)
  summary(
    @Context() context: ControlContext,
    @Input() { query }: InputOf<typeof operations.getUsageSummary>,
  ): Promise<UsageSummaryView> {
    return getUsageSummary(context, query);
  }

  @Implements(operations.getUsageSeries)
  series(
    @Context() context: ControlContext,
    @Input() { query }: InputOf<typeof operations.getUsageSeries>,
  ): Promise<UsageSeriesView> {
    return getUsageSeries(context, query);
  }
}
