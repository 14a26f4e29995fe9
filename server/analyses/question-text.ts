// What is asked, as a sentence for those who approve, read or audit it.
import type { Breakdown } from '../../matching/analyses/analysis.ts';
import { titleOfAttribute } from '../../matching/criteria.ts';
import { describeSegment } from '../../matching/segment-describe.ts';
import type { ResolvedQuestion } from './resolved-question.ts';

export function questionText(resolved: ResolvedQuestion): string {
  const { question, sources, request } = resolved;
  const [first = '', second = ''] = sources.map(({ alias }) => alias);
  const both = `${first} and ${second}`;
  const days =
    question.analysis === 'conversion' || question.analysis === 'attribution' ? daysOf(question.windowDays) : '';
  switch (question.analysis) {
    case 'overlap': {
      const names = sources.map(({ alias }) => alias).join(', ');
      const where = sources.length === 2 ? `in both ${both}` : `in which of ${names}`;
      return `How many persons stand ${where}${question.byIdentifier ? ', and by which identifier were they found' : ''}?`;
    }
    case 'profile': {
      const rest = question.index ? ', compared with the rest' : '';
      return `How do ${personsOf(resolved)} spread over ${question.breakdown.map(attributeText).join(' and ')}${rest}?`;
    }
    case 'segment-size':
      return `How many persons are there among ${personsOf(resolved)}?`;
    case 'reach-frequency':
      return `How many persons of ${both} did ${request.events} reach${periodText(resolved)}, and how often, up to ${question.maxFrequency} times and more?`;
    case 'conversion':
      return `Of the persons of ${request.purchases}, how many bought within ${days} of an exposure by ${request.exposures}${periodText(resolved)}, and how many without one${revenueText(resolved)}${groupText(question.groupBy)}?`;
    case 'attribution':
      return `Which ${titleOfAttribute(question.channelAttribute)} of ${request.touches} led to purchases at ${request.purchases} within ${days}${periodText(resolved)}, ${question.model === 'linear' ? 'shared evenly among the touches' : 'counting the last touch'}?`;
  }
}

function personsOf({ question, sources, criteria }: ResolvedQuestion): string {
  const both = sources.map(({ alias }) => alias).join(' and ');
  const segment = 'segment' in question ? question.segment : undefined;
  if (segment === undefined) return `the persons in both ${both}`;
  return `the persons in both ${both} with: ${describeSegment(segment, criteria, { locale: 'en' })}`;
}

function attributeText({ source, attribute, bins }: Breakdown): string {
  const cut = bins === undefined ? '' : ` (${bins.join(', ')})`;
  return `${titleOfAttribute(attribute)} of ${source}${cut}`;
}

function groupText(group: Breakdown | undefined): string {
  return group === undefined ? '' : `, by ${attributeText(group)}`;
}

function revenueText({ request }: ResolvedQuestion): string {
  if (request.revenue_attribute === undefined) return '';
  return `, and for how much (${titleOfAttribute(request.revenue_attribute)}, at most ${request.revenue_clamp} a person)`;
}

function periodText({ request: { period } }: ResolvedQuestion): string {
  return period === undefined ? '' : ` from ${period.from} to ${period.to}`;
}

function daysOf(count: number): string {
  return count === 1 ? 'a day' : `${count} days`;
}
